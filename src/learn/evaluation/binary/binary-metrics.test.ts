import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { estimateBinaryMetrics } from './binary-metrics.ts';
import { compareBinaryModels } from './compare-binary-models.ts';
import { groupedAreaUnderCurve, type GroupWeighting } from './grouped-area-under-curve.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { logLoss } from './log-loss.ts';
import { normalisedEntropy } from './normalised-entropy.ts';
import { pairedTTest } from './paired-t-test.ts';

interface Goldens {
  readonly cases: readonly {
    readonly scores: number[];
    readonly labels: number[];
    readonly weights: number[] | null;
    readonly auc: number;
    readonly logLoss: number;
    readonly normalisedEntropy: number;
  }[];
  readonly tTests: readonly { readonly first: number[]; readonly second: number[]; readonly t: number; readonly pValue: number }[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, 'goldens/scikit-learn.json'), 'utf8')) as Goldens;

/** The definition, pair by pair. */
function bruteForceAuc({ scores, labels, weights }: LabelledScores): number {
  let [above, total] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < labels.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      const weight = weights === undefined ? 1 : weights[i]! * weights[j]!;
      total += weight;
      above += weight * (scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0);
    }
  }
  return above / total;
}

const example = fc.record({ score: fc.nat(6), label: fc.nat(1), weight: fc.nat(4), group: fc.nat(3) });
const examples = fc.array(example, { minLength: 2, maxLength: 40 });
const bothOf = (rows: readonly { label: number; weight: number }[]) =>
  [0, 1].every((label) => rows.some((row) => row.label === label && row.weight > 0));
const asScores = (rows: readonly { score: number; label: number; weight: number }[]): LabelledScores => ({
  scores: rows.map(({ score }) => score / 6),
  labels: rows.map(({ label }) => label),
  weights: rows.map(({ weight }) => weight),
});

describe('against scikit-learn and scipy', () => {
  it.each(goldens.cases)('AUC, log loss and normalised entropy, case %#', (golden) => {
    const given = { scores: golden.scores, labels: golden.labels, ...(golden.weights !== null && { weights: golden.weights }) };
    expect(areaUnderCurve(given)).toBeCloseTo(golden.auc, 12);
    expect(logLoss(given)).toBeCloseTo(golden.logLoss, 12);
    expect(normalisedEntropy(given)).toBeCloseTo(golden.normalisedEntropy, 12);
    expect(estimateBinaryMetrics(given, null).map(({ value }) => value)).toEqual(
      [golden.auc, golden.logLoss, golden.normalisedEntropy].map((value) => expect.closeTo(value, 12)),
    );
  });

  it.each(goldens.tTests)('paired t-test, case %#', ({ first, second, t, pValue }) => {
    const found = pairedTTest(first, second);
    expect(found.t).toBeCloseTo(t, 9);
    expect(found.pValue).toBeCloseTo(pValue, 10);
    expect(pairedTTest(second, first)).toMatchObject({ t: -found.t, pValue: found.pValue });
  });
});

describe('AUC', () => {
  it('is the weighted chance that a positive scores above a negative, ties half', () => {
    fc.assert(
      fc.property(examples.filter(bothOf), (rows) => {
        const given = asScores(rows);
        expect(areaUnderCurve(given)).toBeCloseTo(bruteForceAuc(given), 12);
      }),
    );
  });

  it('sees only the order, and an example of weight 2 as two', () => {
    const given = { scores: [-3, 0.5, 0.5, 7, -Infinity], labels: [1, 0, 1, 1, 0] };
    expect(areaUnderCurve({ ...given, scores: [1, 2, 2, 3, 0] })).toBe(areaUnderCurve(given));
    const twice = { scores: [...given.scores, 7], labels: [...given.labels, 1] };
    expect(areaUnderCurve({ ...given, weights: [1, 1, 1, 2, 1] })).toBe(areaUnderCurve(twice));
  });

  it('says clearly that one class has none', () => {
    for (const metric of [areaUnderCurve, normalisedEntropy, (given: LabelledScores) => estimateBinaryMetrics(given, null)]) {
      expect(() => metric({ scores: [0.1, 0.2], labels: [1, 1] })).toThrow(/weigh 2 with label 1 and 0 with label 0/);
    }
    expect(() => areaUnderCurve({ scores: [1, 2], labels: [1, 0], weights: [1, 0] })).toThrow(EvaluationError);
  });

  it('refuses what is no score, label or weight, and names it', () => {
    expect(() => areaUnderCurve({ scores: [0, NaN], labels: [1, 0] })).toThrow('score of example 1 is NaN');
    expect(() => areaUnderCurve({ scores: [0, 1], labels: [1, 0.5] })).toThrow('label of example 1 is 0.5');
    expect(() => areaUnderCurve({ scores: [0, 1], labels: [1, 0], weights: [1, -1] })).toThrow('weight of example 1 is -1');
    expect(() => areaUnderCurve({ scores: [0], labels: [1, 0] })).toThrow('1 scores stand beside 2 labels');
    expect(() => areaUnderCurve({ scores: [], labels: [] })).toThrow('no examples');
    expect(() => logLoss({ scores: [1.01], labels: [1] })).toThrow('expected a probability');
  });
});

describe('GAUC', () => {
  it.each<GroupWeighting>(['examples', 'positives', 'equal'])('is the mean of the groups’ AUCs, weighted by %s', (weighting) => {
    fc.assert(
      fc.property(examples, (rows) => {
        const groups = [0, 1, 2, 3].map((group) => rows.filter((row) => row.group === group)).filter((group) => group.length > 0);
        const counted = groups.filter(bothOf);
        const run = () =>
          groupedAreaUnderCurve(
            asScores(rows),
            rows.map(({ group }) => group),
            weighting,
          );
        if (counted.length === 0) {
          expect(run).toThrow(/none of the \d groups/);
          return;
        }
        const sum = (some: readonly { label: number; weight: number }[], of: (row: { label: number; weight: number }) => number) =>
          some.reduce((total, row) => total + of(row), 0);
        const share = (group: typeof rows) =>
          weighting === 'equal' ? 1 : sum(group, ({ label, weight }) => (weighting === 'examples' ? weight : weight * label));
        const expected =
          counted.reduce((total, group) => total + share(group) * bruteForceAuc(asScores(group)), 0) /
          counted.reduce((total, group) => total + share(group), 0);
        const found = run();
        expect(found.value).toBeCloseTo(expected, 12);
        expect([found.groups, found.groupsLeftOut]).toEqual([counted.length, groups.length - counted.length]);
        const kept = counted.reduce((total, group) => total + sum(group, ({ weight }) => weight), 0);
        expect(found.shareLeftOut).toBeCloseTo(1 - kept / sum(rows, ({ weight }) => weight), 12);
      }),
    );
  });
});

describe('log loss and normalised entropy', () => {
  it('stay finite for a certain mistake', () => {
    expect(logLoss({ scores: [0], labels: [1] })).toBeCloseTo(36.04, 2);
    expect(logLoss({ scores: [1], labels: [1] })).toBeLessThan(1e-15);
  });

  it('the rate alone has a normalised entropy of 1', () => {
    expect(normalisedEntropy({ scores: [0.25, 0.25, 0.25, 0.25], labels: [0, 1, 0, 0] })).toBeCloseTo(1, 12);
  });
});

/** Probabilities of which a share is noise, and outcomes drawn from the clean ones; five examples a user. */
function noisyModel(noise: number, users: number, seed: number) {
  const random = createRandom(seed, 'model');
  const rows = Array.from({ length: users * 5 }, (_, at) => {
    const truth = random.next();
    return { user: Math.floor(at / 5), label: random.next() < truth ? 1 : 0, score: (1 - noise) * truth + noise * random.next(), truth };
  });
  return {
    labels: rows.map(({ label }) => label),
    units: rows.map(({ user }) => user),
    noisy: rows.map(({ score }) => score),
    clean: rows.map(({ truth }) => truth),
  };
}

describe('intervals and paired tests', () => {
  it('hold the truth about as often as they say', () => {
    // AUC of truth against outcomes drawn from it, truth uniform: ∫∫ 2x·2(1−y) [x > y] = 5/6.
    let held = 0;
    for (let trial = 0; trial < 100; trial++) {
      const { clean, labels, units } = noisyModel(0, 60, trial);
      const [auc] = estimateBinaryMetrics({ scores: clean, labels }, { units, seed: trial, resamples: 200 });
      const [low, high] = auc!.interval!;
      if (low <= 5 / 6 && 5 / 6 <= high) held++;
    }
    expect(held).toBeGreaterThan(84);
    expect(held).toBeLessThan(100);
  });

  it('tell a better model from a worse one, are the same by seed, and turn with the order', () => {
    const { clean, noisy, labels, units } = noisyModel(0.5, 200, 1);
    const options = { units, seed: 3, resamples: 300 };
    const found = compareBinaryModels({ first: [clean], second: [noisy], labels }, options);
    expect(found).toEqual(compareBinaryModels({ first: [clean], second: [noisy], labels }, options));
    const turned = compareBinaryModels({ first: [noisy], second: [clean], labels }, options);
    found.forEach(({ metric, first, difference, interval, pValue }, at) => {
      expect(pValue).toBeLessThan(0.05);
      expect(Math.sign(difference)).toBe(metric === 'AUC' ? 1 : -1);
      expect(interval[0] * interval[1]).toBeGreaterThan(0);
      expect(turned[at]).toMatchObject({ difference: -difference, second: first, pValue });
    });
    expect(found[0]!.first).toBeCloseTo(areaUnderCurve({ scores: clean, labels }), 12);
  });

  it('find no difference between a model and itself, and false alarms about as often as they may', () => {
    const same = noisyModel(0.5, 50, 2);
    const [auc] = compareBinaryModels({ first: [same.noisy], second: [same.noisy], labels: same.labels }, { seed: 1, resamples: 50 });
    expect(auc).toMatchObject({ difference: 0, interval: [0, 0], pValue: 1 });
    let alarms = 0;
    for (let trial = 0; trial < 100; trial++) {
      const { clean, labels, units } = noisyModel(0, 40, 1000 + trial);
      const random = createRandom(trial, 'two equal models');
      const blurred = () => clean.map((truth) => 0.6 * truth + 0.4 * random.next());
      const compared = { first: [blurred()], second: [blurred()], labels };
      if (compareBinaryModels(compared, { units, seed: trial, resamples: 100 })[0]!.pValue < 0.05) alarms++;
    }
    expect(alarms).toBeLessThan(14);
  });

  it('average over several runs of a model', () => {
    const { clean, noisy, labels } = noisyModel(0.5, 50, 4);
    const [auc] = compareBinaryModels({ first: [clean, noisy], second: [noisy], labels }, { seed: 1, resamples: 20 });
    const of = (scores: number[]) => areaUnderCurve({ scores, labels });
    expect(auc!.difference).toBeCloseTo((of(clean) + of(noisy)) / 2 - of(noisy), 12);
  });

  it('a paired test needs pairs', () => {
    expect(() => pairedTTest([1], [2])).toThrow('from 2 on, got 1 and 1');
    expect(() => pairedTTest([1, 2, 3], [2, 3])).toThrow('got 3 and 2');
    expect(pairedTTest([1, 2], [1, 2]).pValue).toBe(1);
  });
});
