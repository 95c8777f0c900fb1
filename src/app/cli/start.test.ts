import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCliPlace, ringCsv, TINY_TRAINING, type CliPlace } from './cli-process.fixture.ts';

let place: CliPlace;
let csv: string;

beforeAll(() => {
  place = createCliPlace();
  csv = place.write('ring.csv', ringCsv(60, 30, 12));
});

afterAll(() => place.remove());

/** The line of a validation, whichever epochs the preset validates. */
const validated = /epoch \d+: loss/;

const figures = (folder: string) => {
  const { rows } = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'));
  return rows.map(({ ranker, metrics }: { ranker: string; metrics: unknown }) => ({ ranker, metrics }));
};

test('start imports, trains, reports and serves; a second start finds it all done', async () => {
  const first = place.start('start', csv, ...TINY_TRAINING, '--port', '0');
  const [, url] = await first.says(/^listening on (\S+)$/m);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const [, command] = await first.says(/Ask it\s+(curl .*)$/m);
  const body = /-d '(.*)'/.exec(command!)![1]!;
  const answer = await fetch(`${url}/v1/recommend`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await answer.json()).toMatchObject({ source: 'model', k: 5 });
  first.child.kill('SIGINT');
  const ended = await first.ended;
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/HSTU +\d?\.\d{4}/);
  const folder = path.resolve(place.folder, /Training hstu .* in (\S+)/.exec(ended.stderr)![1]!);
  const record = readFileSync(path.join(folder, 'run.json'), 'utf8');

  const second = place.start('start', csv, ...TINY_TRAINING, '--port', '0', '--json');
  await second.says(/"listening"/);
  second.child.kill('SIGTERM');
  const { stdout, stderr, code } = await second.ended;
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([{ event: 'trained', run: folder }, { event: 'listening' }]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/imported before/);
  expect(stderr).toMatch(/Trained before/);
  expect(readFileSync(path.join(folder, 'run.json'), 'utf8')).toBe(record);
});

test('a training killed with SIGKILL goes on with --resume to the figures of an unbroken one', async () => {
  const settings = [...TINY_TRAINING, '--epochs', '12'];
  const unbroken = path.join(place.folder, 'unbroken');
  const broken = path.join(place.folder, 'broken');
  expect((await place.run('train', csv, ...settings, '--run', unbroken)).code).toBe(0);
  const killed = place.start('train', csv, ...settings, '--run', broken);
  await killed.says(validated);
  killed.child.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');
  expect(JSON.parse(readFileSync(path.join(broken, 'run.json'), 'utf8')).state).toBe('training');
  const early = await place.run('serve', broken);
  expect(early.code).toBe(66);
  expect(early.stderr).toMatch(/--resume.*RUN_UNFINISHED/);
  const resumed = await place.run('train', '--resume', '--run', broken);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toMatch(/going on from step [1-9]/);
  expect(figures(broken)).toEqual(figures(unbroken));
  expect(readFileSync(path.join(broken, 'model.onnx')).equals(readFileSync(path.join(unbroken, 'model.onnx')))).toBe(true);
});

test('Ctrl-C stops a training with a checkpoint, exit code 130 and the command that goes on', async () => {
  const run = path.join(place.folder, 'interrupted');
  const training = place.start('train', csv, ...TINY_TRAINING, '--epochs', '400', '--patience', '400', '--run', run);
  await training.says(validated);
  training.child.kill('SIGINT');
  const { code, stderr } = await training.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(`train --resume --run ${run}`);
  expect(JSON.parse(readFileSync(path.join(run, 'checkpoint.json'), 'utf8')).step).toBeGreaterThan(0);
});
