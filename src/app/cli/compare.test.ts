import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PREDICTIONS_FILE, writeScoredImpressions } from '../../measure/impressions/scored-impressions-file.ts';
import { simulateImpressions, type SimulationOptions } from '../../measure/impressions/simulated-impressions.fixture.ts';
import { createCliPlace, ringCsv, TINY_TRAINING, type CliPlace } from './cli-process.fixture.ts';

let place: CliPlace;
/** Two sequence runs on the same data, one on other data; folders with scored impressions. */
let runs: Record<'first' | 'second' | 'other' | 'scoredA' | 'scoredB', string>;

beforeAll(async () => {
  place = createCliPlace();
  const at = (name: string) => path.join(place.folder, name);
  runs = { first: at('first'), second: at('second'), other: at('other'), scoredA: at('scored-a'), scoredB: at('scored-b') };
  const data = at('ring-data');
  await place.succeed('import', place.write('ring.csv', ringCsv(40, 30, 12)), '--out', data);
  await Promise.all([
    place.succeed('train', data, ...TINY_TRAINING, '--run', runs.first),
    place.succeed('train', data, ...TINY_TRAINING, '--epochs', '1', '--seed', '5', '--run', runs.second),
  ]);
  // A run on other data, as its record tells.
  cpSync(runs.second, runs.other, { recursive: true });
  const record = JSON.parse(readFileSync(path.join(runs.other, 'run.json'), 'utf8'));
  record.data = { ...record.data, name: 'few', fingerprint: 'f'.repeat(64) };
  writeFileSync(path.join(runs.other, 'run.json'), JSON.stringify(record));
  const score = async (folder: string, options: SimulationOptions) => {
    mkdirSync(folder);
    await writeScoredImpressions(path.join(folder, PREDICTIONS_FILE), simulateImpressions({ users: 60, userNoise: 0.2, ...options }));
  };
  await score(runs.scoredA, { noise: 2 });
  await score(runs.scoredB, { noise: 0.1, model: 'B' });
});

afterAll(() => place.remove());

describe('ranking runs', () => {
  test('are compared by what lies in their folders: words, report with pictures, JSON', async () => {
    const report = path.join(place.folder, 'reports', 'b');
    const words = await place.run('compare', runs.scoredA, runs.scoredB, '--resamples', '100', '--output', report);
    expect(words.code, words.stderr).toBe(0);
    expect(words.stdout).toMatch(/^B against A on simulated\n {2}A: model A \(model-A\)\n {2}B: model B/);
    expect(words.stdout).toMatch(/^Ship B: it is better on 3 of 3 primary tasks/m);
    expect(words.stderr).toMatch(/Report: .*reports\/b\/report\.md/);
    expect(readdirSync(report).toSorted()).toEqual(['calibration.svg', 'comparison.json', 'differences.svg', 'report.md']);
    const page = readFileSync(path.join(report, 'report.md'), 'utf8');
    expect(page).toMatch(/^## Recommendation\n\n\*\*Ship B: /m);
    for (const [, file] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) expect(existsSync(path.join(report, file!)), file).toBe(true);
    const machine = await place.run('compare', runs.scoredA, path.join(runs.scoredB, PREDICTIONS_FILE), '--resamples', '100', '--json');
    expect(JSON.parse(machine.stdout)).toEqual(JSON.parse(readFileSync(path.join(report, 'comparison.json'), 'utf8')));
  });

  test('under rules of one’s choice, as Markdown', async () => {
    const rules = ['--metric', 'gauc', '--primary', 'like', '--guard', 'click,negative-feedback', '--resamples', '100', '--alpha', '0.01'];
    const { stdout, stderr, code } = await place.run('compare', runs.scoredB, runs.scoredA, ...rules, '--markdown');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\*\*Keep A: B is worse on like/m);
    expect(stdout).toContain('- **primary tasks**: like; decided by GAUC by user');
    expect(stdout).toContain('- **guarded**: click, negative-feedback: must not worsen');
    expect(stdout).toMatch(/at 0\.01;/);
  });
});

describe('sequence runs', () => {
  test('are asked the same cases; a run and itself are not told apart', async () => {
    const { stdout, stderr, code } = await place.run('compare', runs.first, runs.second, '--json');
    expect(code, stderr).toBe(0);
    const { kind, cells, first, second, data } = JSON.parse(stdout);
    expect([kind, data.name, data.examples]).toEqual(['cases', 'ring', 40]);
    expect(first.name).toMatch(/^hstu, dimension 8, 1 block, .* 3 epochs, seed 1$/);
    expect(second.name).toMatch(/ 1 epoch, seed 5$/);
    // The same figures as in each run's own report.
    const reported = (run: string) => JSON.parse(readFileSync(path.join(run, 'report.json'), 'utf8')).rows[0].metrics;
    const ndcg = cells[0].metrics.find(({ metric }: { metric: string }) => metric === 'NDCG@10');
    for (const [side, run] of [
      ['first', runs.first],
      ['second', runs.second],
    ] as const) {
      const own = reported(run).find((each: { metric: string; cutoff: number }) => each.metric === 'NDCG' && each.cutoff === 10);
      expect(ndcg[side].value).toBeCloseTo(own.value, 10);
    }
    const itself = await place.run('compare', runs.first, runs.first, '--cutoffs', '5,10', '--split', 'validation');
    expect(itself.stdout).toMatch(/^No difference that these data can show: .* in NDCG@5\. Keep A unless B is cheaper\.$/m);
    expect(itself.stdout).toMatch(/validation/);
  });
});

test.each<[string, () => readonly string[], number, RegExp]>([
  [
    'runs on other data',
    () => [runs.first, runs.other],
    65,
    /first was trained on ring \(fingerprint \w{12}\), the second on few .*same data set.*COMPARISON_DIFFER/,
  ],
  [
    'runs of two kinds',
    () => [runs.first, runs.scoredB],
    65,
    /scored-b holds scored impressions .* does not\. Compare two ranking runs, or two sequence runs/,
  ],
  ['a run that is not there', () => [runs.first, 'nowhere'], 66, /nowhere holds no run/],
  ['a file that is not there', () => ['none.safetensors', runs.scoredA], 66, /no scored impressions in none\.safetensors/],
  [
    'a task that is not there',
    () => [runs.scoredA, runs.scoredB, '--primary', 'share'],
    2,
    /primary task share is not compared: there are click/,
  ],
  ['an unknown metric', () => [runs.scoredA, runs.scoredB, '--metric', 'accuracy'], 2, /Allowed choices are entropy, log-loss, auc/],
  ['an alpha of one', () => [runs.scoredA, runs.scoredB, '--alpha', '1'], 2, /above 0 and below 1/],
  [
    'a folder of something else',
    () => [runs.scoredA, runs.scoredB, '--output', runs.first],
    73,
    /holds something else than a comparison.*--output/,
  ],
  [
    'a place that cannot be written',
    () => [runs.scoredA, runs.scoredB, '--output', path.join(place.write('file', ''), 'x')],
    74,
    /part of the path is a file/,
  ],
])('%s: a line that says why, and an exit code', async (_, args, code, says) => {
  const result = await place.run('compare', ...args());
  expect(result.stderr).toMatch(says);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});
