import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCliPlace, ringCsv, TINY_TRAINING, type CliPlace } from './cli-process.fixture.ts';

// One data set and one run, made once: each test asks them something else.
let place: CliPlace;
let data: string;
let run: string;
let csv: string;

beforeAll(async () => {
  place = createCliPlace();
  const bad = 'u1,,1700000000\nu2,i3,yesterday\nu3,i4\n';
  csv = place.write('ring.csv', ringCsv(40, 30, 12) + bad);
  data = path.join(place.folder, 'ring-data');
  run = path.join(place.folder, 'ring-run');
  await place.succeed('import', csv, '--out', data);
  await place.succeed('train', data, ...TINY_TRAINING, '--run', run);
});

afterAll(() => place.remove());

const json = (text: string) => JSON.parse(text);
const report = (folder: string) => json(readFileSync(path.join(folder, 'report.json'), 'utf8'));

test('import tells rows, users, items and rejects by reason, in words and as JSON', async () => {
  const words = await place.run('import', csv, '--name', 'Ring');
  expect(words.code).toBe(0);
  expect(words.stdout).toMatch(/Imported Ring: 560 interactions of 40 users with 30 items/);
  expect(words.stdout).toMatch(/rejected\s+1 missing-item/);
  const rejects = /rejects\s+(\S+)/.exec(words.stdout)![1]!;
  expect(readFileSync(rejects, 'utf8').trim().split('\n')).toHaveLength(3);
  const one = await place.run('import', place.write('one.csv', 'user,item,time\nu1,i1,1\n'), '--name', '../../evil');
  expect(one.stdout).toMatch(/: 1 interaction of 1 user with 1 item, ordered by time\n.* 1 row as csv in \S+ s\n/);
  const lies = path.join(place.home, 'data', 'evil');
  expect(one.stdout).toMatch(`folder    ${lies}`);
  expect(existsSync(lies)).toBe(true);
  const machine = await place.run('import', csv, '--json');
  expect(json(machine.stdout).manifest.source.rejects.total).toBe(3);
});

test('train leaves a run with report, model, record and curve; its model stands first in the report', () => {
  for (const name of [
    'run.json',
    'report.txt',
    'report.md',
    'report.json',
    'model.onnx',
    'manifest.json',
    'metrics.jsonl',
    'training-curve.svg',
  ]) {
    expect(existsSync(path.join(run, name)), name).toBe(true);
  }
  const record = json(readFileSync(path.join(run, 'run.json'), 'utf8'));
  expect(record.state).toBe('finished');
  expect(record.data.fingerprint).toBe(json(readFileSync(path.join(data, 'manifest.json'), 'utf8')).fingerprint);
  expect(Date.parse(record.endedAt)).toBeGreaterThanOrEqual(Date.parse(record.startedAt));
  const { rows } = report(run);
  expect(rows.map(({ ranker }: { ranker: string }) => ranker)).toEqual(['HSTU', 'popularity', 'first-order Markov', 'item-kNN', 'EASE']);
  expect(record.metrics).toEqual(rows[0].metrics);
});

test('train does not write over a run, and resuming a finished one changes nothing', async () => {
  const again = await place.run('train', data, ...TINY_TRAINING, '--run', run);
  expect(again.code).toBe(73);
  expect(again.stderr).toMatch(/RUN_EXISTS/);
  const before = readFileSync(path.join(run, 'run.json'), 'utf8');
  const resumed = await place.run('train', '--resume', '--run', run, '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(readFileSync(path.join(run, 'run.json'), 'utf8')).toBe(before);
  const other = await place.run('train', data, ...TINY_TRAINING, '--seed', '9', '--run', run, '--resume');
  expect(other.code).toBe(65);
  expect(other.stderr).toMatch(/: seed: 1 → 9\. .*RUN_MISMATCH/);
  const otherData = await place.run('train', place.write('few.csv', ringCsv(10, 12, 8)), ...TINY_TRAINING, '--run', run, '--resume');
  expect(otherData.code).toBe(65);
  expect(otherData.stderr).toMatch(/data: ring \(fingerprint [0-9a-f]{12}\) → few \(fingerprint [0-9a-f]{12}\)/);
});

test("evaluate repeats the run's own figures, and other protocols give others", async () => {
  const same = await place.run('evaluate', run, '--json');
  expect(same.code, same.stderr).toBe(0);
  expect(json(same.stdout).rows[0].metrics).toEqual(report(run).rows[0].metrics);
  const sampled = await place.run(
    'evaluate',
    run,
    '--json',
    '--no-baselines',
    '--candidates',
    'uniform:5',
    '--split',
    'validation',
    '--cutoffs',
    '3',
  );
  const { rows, protocol } = json(sampled.stdout);
  expect(rows).toHaveLength(1);
  expect(protocol.candidates).toEqual({ kind: 'sampled', by: 'uniform', negatives: 5 });
  expect(protocol.split).toMatch(/validation/);
  const beyond = await place.run('evaluate', run, '--json', '--no-baselines', '--candidates', 'uniform:1000');
  expect(beyond.stderr).toContain('1,000 negatives are asked for, and the data set has 30 items: that is the full ranking.');
  expect(json(beyond.stdout).protocol.candidates).toEqual({ kind: 'all' });
  expect(json(beyond.stdout).rows[0].metrics).toEqual(report(run).rows[0].metrics);
  const markdown = await place.run('evaluate', run, '--markdown', '--cutoffs', '5');
  expect(markdown.stdout).toMatch(/^# Evaluation on ring/m);
});

test('recommend answers for a user, a history and a stranger', async () => {
  const known = await place.run('recommend', run, '--user', 'u1', '-k', '4', '--json');
  expect(json(known.stdout)).toMatchObject({ source: 'model', k: 4, model: { name: 'HSTU' } });
  const history = await place.run('recommend', run, '--history', 'i1,i2,i3,nothing', '-k', '5', '--exclude', 'i4', '--json');
  const answer = json(history.stdout);
  expect(answer.unknownItemCount).toBe(1);
  const ids = answer.items.map(({ itemId }: { itemId: string }) => itemId);
  expect(ids).toHaveLength(5);
  for (const left of ['i1', 'i2', 'i3', 'i4']) expect(ids).not.toContain(left);
  const stranger = await place.run('recommend', run, '--user', 'nobody', '-k', '3');
  expect(stranger.code).toBe(0);
  expect(stranger.stdout).toMatch(/most popular items: the user is not in the data set/);
});

test('serve says where it listens, answers, and ends well on SIGTERM', async () => {
  const server = place.start('serve', run, '--port', '0');
  const [, url] = await server.says(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/m);
  const response = await fetch(`${url}/v1/recommend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ history: ['i1', 'i2'], k: 3 }),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ source: 'model', k: 3, historyLength: 2 });
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, signal: null });
});

test('a port that was asked for and is taken is an error with a remedy', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) =>
    holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
  );
  try {
    const refused = await place.run('serve', run, '--port', String(port));
    expect(refused.code).toBe(69);
    expect(refused.stderr).toMatch(new RegExp(`Port ${port} .*in use.*--port`));
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
  } finally {
    holder.close();
  }
});

test('a data set that is another than the run was trained on is refused', async () => {
  const other = path.join(place.folder, 'other-data');
  await place.run('import', place.write('other.csv', ringCsv(10, 12, 8)), '--out', other);
  const refused = await place.run('recommend', run, '--user', 'u1', '--data', other);
  expect(refused.code).toBe(65);
  expect(refused.stderr).toMatch(/RUN_DATA_CHANGED/);
  const server = await place.run('serve', run, '--port', '0', '--data', other);
  expect(server.code).toBe(65);
  expect(server.stderr.trim().split('\n')).toEqual([expect.stringMatching(/^nisus: The run in .*\[RUN_DATA_CHANGED\]$/)]);
});
