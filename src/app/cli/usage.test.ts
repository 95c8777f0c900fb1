import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCliPlace, ringCsv, type CliPlace } from './cli-process.fixture.ts';
import { EXIT_CODE_MEANINGS } from './exit-codes.ts';

let place: CliPlace;

beforeAll(() => {
  place = createCliPlace();
  place.write('good.csv', ringCsv(6, 8, 5));
  place.write('empty.csv', '');
  place.write('no-item.csv', 'user_id,timestamp\nu1,1\n');
  place.write('bad-row.csv', 'user_id,item_id,timestamp\nu1,i1,1\nu1,,2\n');
  const model = { kind: 'sasrec', maxLength: 10, dimension: 50, blocks: 1, heads: 4, dropout: 0, scoring: { kind: 'dot' } };
  const config = { model, loss: { kind: 'full-softmax' }, optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 8, epochs: 1 };
  place.write('odd-heads.json', JSON.stringify(config));
  place.write('wrong-config.json', '{"epochs": "many"}');
});

afterAll(() => place.remove());

test.each([
  ['an unknown command', ['trian'], 2, /Did you mean train/],
  ['an unknown option', ['train', 'good.csv', '--epoch', '3'], 2, /Did you mean --epochs/],
  ['a number that is none', ['train', 'good.csv', '--epochs', 'ten'], 2, /whole number/],
  ['a dropout beyond one', ['train', 'good.csv', '--dropout', '1.5'], 2, /dropout/],
  ['no data', ['train'], 2, /DATA/],
  ['two contradicting options', ['train', 'good.csv', '--preset', 'hstu-long', '--model', 'sasrec'], 2, /cannot be used with/],
  ['a config that is none', ['train', 'good.csv', '--config', 'wrong-config.json'], 2, /not a training config/],
  ['a config that is not there', ['train', 'good.csv', '--config', 'nowhere.json'], 66, /nowhere\.json/],
  ['neither user nor history', ['recommend', 'nowhere'], 2, /--user ID or --history/],
  ['data that is not there', ['train', 'nowhere.csv'], 66, /nowhere\.csv/],
  ['resuming a run that is not there', ['train', '--resume', '--run', 'nowhere'], 66, /nowhere holds no run/],
  ['heads that do not divide', ['train', 'good.csv', '--config', 'odd-heads.json'], 2, /50 does not divide into 4 heads.*--dimension 52/],
  ['a place that cannot be written', ['train', 'good.csv', '--run', 'good.csv/run'], 74, /good\.csv.*part of the path is a file/],
  ['a run that is not there', ['serve', 'nowhere'], 66, /no run\.json/],
  ['an empty file', ['import', 'empty.csv'], 65, /no interactions/],
  ['a missing column', ['import', 'no-item.csv'], 65, /item column/],
  ['a bad row, strictly', ['import', 'bad-row.csv', '--strict'], 65, /line 3/],
  ['an unknown format', ['import', 'good.csv', '--format', 'xml'], 2, /expected one of/],
  ['wrong columns', ['import', 'good.csv', '--columns', 'who=user_id'], 2, /ROLE=COLUMN/],
  ['a time split of too little', ['train', 'good.csv', '--epochs', '0'], 2, /from 1 to/],
] as const)('%s: its exit code and a line that says why, no stack', async (_, args, code, says) => {
  const result = await place.run(...args);
  expect(result.stderr).toMatch(says);
  expect(result.code).toBe(code);
  expect(result.stdout).toBe('');
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test('with --json an error is JSON on standard error', async () => {
  const { stdout, stderr, code } = await place.run('import', 'empty.csv', '--json');
  expect(code).toBe(65);
  expect(stdout).toBe('');
  expect(JSON.parse(stderr).error).toMatchObject({ code: 'IMPORT_SOURCE_EMPTY' });
});

test.each([
  ['an unknown option', ['train', 'good.csv', '--epoch', '3'], /unknown option '--epoch'/],
  ['an unknown command', ['trian'], /unknown command 'trian'/],
  ['a missing argument', ['import'], /missing required argument/],
  ['a number that is none', ['train', 'good.csv', '--epochs', 'ten'], /whole number/],
])('with --json so is a wrong command line: %s', async (_, args, says) => {
  const { stdout, stderr, code } = await place.run(...args, '--json');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(JSON.parse(stderr).error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(says) });
});

test.skipIf(!existsSync('/dev/full'))('an output that cannot be written is told in a line', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const program = path.resolve(import.meta.dirname, 'main.ts');
    const args = [program, 'import', path.join(place.folder, 'good.csv'), '--out', path.join(place.folder, 'full-data')];
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    expect(stderr).toMatch(/^nisus: Standard output: the disk is full .*\[FILE_SYSTEM\]$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(74);
  } finally {
    closeSync(full);
  }
});

test('--verbose shows the stack', async () => {
  expect((await place.run('import', 'empty.csv', '--verbose')).stderr).toMatch(/^\s+at /m);
});

test.each(['start', 'import', 'train', 'evaluate', 'recommend', 'serve', 'events import', 'features backfill'])(
  '%s --help has examples and every exit code',
  async (command) => {
    const { stdout, code } = await place.run(...command.split(' '), '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`$ nisus ${command}`);
    expect(stdout).toContain('In this checkout, write `npm run -s nisus --` for `nisus`.');
    for (const [exit, meaning] of Object.entries(EXIT_CODE_MEANINGS)) expect(stdout).toContain(`${exit.padStart(5)}  ${meaning}`);
  },
);

test('a reader that goes away ends it quietly', async () => {
  const command = place.start('import', path.join(place.folder, 'good.csv'), '--json');
  command.child.stdout!.destroy();
  const { code, stderr } = await command.ended;
  expect(code).toBe(141);
  expect(stderr).not.toMatch(/EPIPE/);
});
