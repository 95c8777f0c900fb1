import { describe, expect, it } from 'vitest';
import { percentileInterval } from '../../base/percentile-interval.ts';
import { areaUnderCurve } from '../../learn/evaluation/binary/area-under-curve.ts';
import { resampleUsers } from '../../learn/evaluation/bootstrap.ts';
import type { ScoredImpressions } from '../impressions/scored-impressions.ts';
import { simulateImpressions, type SimulationOptions } from '../impressions/simulated-impressions.fixture.ts';
import { compareImpressions } from './compare-impressions.ts';
import type { ComparedCell, Comparison } from './comparison.ts';
import { measureImpressions } from './measure-impressions.ts';

const quick = { resamples: 100, usersMin: 10, outcomesMin: 5 };
const models = (first: SimulationOptions, second: SimulationOptions, shared: SimulationOptions = {}) =>
  [simulateImpressions({ ...shared, model: 'A', ...first }), simulateImpressions({ ...shared, model: 'B', ...second })] as const;
const cellOf = ({ cells }: Comparison, task: string, segment: string | null = null): ComparedCell =>
  cells.find((cell) => cell.task === task && cell.segment === segment)!;
const metricOf = (comparison: Comparison, task: string, metric: string, segment: string | null = null) =>
  cellOf(comparison, task, segment).metrics.find((each) => each.metric === metric)!;

describe('compareImpressions', () => {
  it('gives the figures and the paired interval that a plain loop over resamples gives', async () => {
    const [first, second] = models({ noise: 1 }, { noise: 0.3 }, { users: 40 });
    const comparison = await compareImpressions(first, second, { ...quick, seed: 4 });
    const inSegment = (at: number) => first.segmentations[1]!.codes[at] === 1;
    const rows = Array.from(first.lists.keys()).filter(inSegment);
    const auc = ({ tasks }: ScoredImpressions, draws: ArrayLike<number>) =>
      areaUnderCurve({
        labels: rows.map((row) => tasks[0]!.labels[row]!),
        scores: rows.map((row) => tasks[0]!.scores[row]!),
        weights: rows.map((row) => draws[first.users[row]! / 3]!),
      });
    const ones = new Int32Array(40).fill(1);
    const differences: number[] = [];
    resampleUsers(40, 100, 4, (draws) => differences.push(auc(second, draws) - auc(first, draws)));
    const found = metricOf(comparison, 'click', 'AUC', 'search');
    expect([found.first.value, found.second.value]).toEqual(
      [auc(first, ones), auc(second, ones)].map((value) => expect.closeTo(value, 10)),
    );
    expect(found.interval).toEqual(percentileInterval(Float64Array.from(differences), 0.95).map((end) => expect.closeTo(end, 10)));
  });

  it('finds no difference between a model and itself', async () => {
    const [first] = models({}, {});
    const comparison = await compareImpressions(first, first, quick);
    for (const { metrics } of comparison.cells) {
      expect(metrics.length).toBeGreaterThan(0);
      for (const { difference, interval, pValue } of metrics) expect([difference, ...interval, pValue]).toEqual([0, 0, 0, 1]);
    }
    expect(comparison.recommendation).toMatchObject({
      verdict: 'no difference',
      headline: expect.stringMatching(/^No difference that these data can show/),
    });
  });

  it('is mirrored when A and B change places', async () => {
    const [first, second] = models({ noise: 0.9 }, { noise: 0.3, tierShift: [0, 1.5] }, { users: 60 });
    const there = await compareImpressions(first, second, quick);
    const back = await compareImpressions(second, first, quick);
    const mirrored = { 'ship B': 'keep A', 'keep A': 'ship B', mixed: 'mixed', 'no difference': 'no difference' };
    expect(back.recommendation.verdict).toBe(mirrored[there.recommendation.verdict]);
    for (const [at, cell] of there.cells.entries()) {
      for (const [place, metric] of cell.metrics.entries()) {
        const other = back.cells[at]!.metrics[place]!;
        expect(other.difference).toBeCloseTo(-metric.difference, 12);
        expect(other.interval).toEqual([-metric.interval[1], -metric.interval[0]].map((end) => expect.closeTo(end, 10)));
        expect(other.pValue).toBeCloseTo(metric.pValue, 10);
        expect([other.first, other.second]).toEqual([metric.second, metric.first]);
      }
    }
    const verdicts = ({ recommendation }: Comparison) => recommendation.findings.map(({ verdict }) => verdict);
    const turned = { better: 'worse', worse: 'better', unclear: 'unclear' };
    expect(verdicts(back)).toEqual(verdicts(there).map((verdict) => turned[verdict]));
  });

  it('ships the better model, keeps the better one, and calls better here and worse there mixed', async () => {
    const [noisy, clear] = models({ noise: 2, userNoise: 0.2 }, { noise: 0.1, userNoise: 0.2 }, { users: 100 });
    expect((await compareImpressions(noisy, clear, quick)).recommendation).toMatchObject({
      verdict: 'ship B',
      headline: 'Ship B: it is better on 3 of 3 primary tasks, and worse at nothing that the rules look at.',
    });
    expect((await compareImpressions(clear, noisy, quick)).recommendation.headline).toMatch(/^Keep A: B is worse on 3 of 3 primary tasks/);
    // Better for all, but for one tier far too sure.
    const harming = simulateImpressions({ users: 100, userNoise: 0.2, model: 'B', noise: 0.1, tierShift: [0, 2.5] });
    const { recommendation } = await compareImpressions(noisy, harming, { ...quick, primaryTasks: ['click'], guardTasks: [] });
    expect(recommendation.verdict).toBe('mixed');
    expect(recommendation.headline).toMatch(/better .*, and worse .*within a segment on click \(stable\)/);
    expect(recommendation.reasons.join('\n')).toMatch(/click, tier: stable: normalised entropy \S+ → \S+, worse by/);
  });

  it('sees a guarded task and a calibration that worsen, though all primary tasks gain', async () => {
    const [first, second] = models({ noise: 1.5 }, { noise: 0.2 }, { users: 100, userNoise: 0.2 });
    const [click, like, negative, worth] = second.tasks;
    const swapped = simulateImpressions({ users: 100, userNoise: 0.2, model: 'C', noise: 4, sureness: 2 });
    const other = { ...second, tasks: [click!, like!, { ...negative!, scores: swapped.tasks[2]!.scores }, worth!] };
    const { recommendation } = await compareImpressions(first, other, quick);
    expect(recommendation.verdict).toBe('mixed');
    const worse = recommendation.findings.filter(({ verdict }) => verdict === 'worse').map(({ role, task }) => `${role} ${task}`);
    expect(worse).toEqual(expect.arrayContaining(['guard negative-feedback', 'calibration negative-feedback']));
    expect(recommendation.headline).toMatch(/on guarded negative-feedback/);
  });

  it('measures calibrated scores as served, and what the model gave where asked', async () => {
    const [first, second] = models({}, { sureness: 3 });
    const mended = {
      ...second,
      tasks: second.tasks.map((task, at) => (at === 0 ? { ...task, calibrated: first.tasks[0]!.scores } : task)),
    };
    expect(metricOf(await compareImpressions(first, mended, quick), 'click', 'log loss').difference).toBe(0);
    const raw = await compareImpressions(first, mended, { ...quick, scores: 'raw' });
    expect(metricOf(raw, 'click', 'log loss').difference).toBeGreaterThan(0.01);
  });

  it('says of what is too small that it is, and leaves out segmentations that part nothing', async () => {
    const [first, second] = models({}, {}, { users: 20 });
    const alike = { name: 'kind', names: ['content'], codes: new Uint8Array(first.lists.length) };
    const [one, other] = [first, second].map((each) => ({ ...each, segmentations: [...each.segmentations, alike] }));
    const comparison = await compareImpressions(one!, other!, { resamples: 100, usersMin: 12, outcomesMin: 5 });
    expect(cellOf(comparison, 'click', 'stable')).toMatchObject({ tooSmall: '10 users, fewer than 12', metrics: [] });
    expect(comparison.recommendation.cautions.join('\n')).toMatch(
      /\d+ of 20 cells are too small to be measured, such as click, tier: cold start \(10 users, fewer than 12\)/,
    );
    expect(comparison.notes).toEqual(['Segments by kind are left out: all are of content.']);
    await expect(compareImpressions(first, second, { usersMin: 21 })).rejects.toThrow(
      /No primary task can be measured: click has 20 users, fewer than 21/,
    );
  });

  it('refuses options that it cannot follow, and ends when it is told to', async () => {
    const [first, second] = models({}, {}, { users: 40 });
    await expect(compareImpressions(first, second, { resamples: 5 })).rejects.toMatchObject({
      code: 'COMPARISON_OPTION',
      message: expect.stringMatching(/resamples/),
    });
    await expect(compareImpressions(first, second, { ...quick, primaryTasks: ['share'] })).rejects.toThrow(
      /primary task share is not compared: there are click, like/,
    );
    const pause = () => Promise.reject(new Error('stopped'));
    await expect(compareImpressions(first, second, quick, { pause })).rejects.toThrow('stopped');
  });
});

it('measures one model as the comparison does', async () => {
  const [first, second] = models({}, {}, { users: 40 });
  const comparison = await compareImpressions(first, second, quick);
  const { cells } = await measureImpressions(second, quick);
  expect(cells.map(({ task, segment, examples, rate }) => [task, segment, examples, rate])).toEqual(
    comparison.cells.map(({ task, segment, examples, rate }) => [task, segment, examples, rate]),
  );
  for (const [at, { estimates }] of cells.entries()) {
    expect(estimates).toEqual(comparison.cells[at]!.metrics.map(({ metric, second: own }) => ({ metric, ...own })));
  }
});
