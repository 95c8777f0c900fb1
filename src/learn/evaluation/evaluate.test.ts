import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import type { HistoryBatch, Ranker } from '../interaction-sequences.ts';
import { casesOfRows } from './evaluation-cases.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions, EvaluationResult } from './evaluate.ts';
import { splitLeaveOneOut } from './leave-one-out.ts';
import { sequencesOfLists } from './sequences-of-lists.ts';

/** A ranker whose score of an item depends on the history alone. */
function rankerOf(itemCount: number, scoreOf: (history: Int32Array, item: number) => number): Ranker {
  return {
    name: 'written down',
    itemCount,
    score: async ({ histories }) =>
      Float32Array.from(histories.flatMap((history) => Array.from({ length: itemCount }, (_, item) => scoreOf(history, item)))),
  };
}

/** Scores without pattern, some invalid, from few values so that ties are common. */
function noisyScore(history: Int32Array, item: number): number {
  const value = createRandom(1, history.join(), item).integer(12);
  return value === 0 ? Number.NaN : value === 1 ? Number.POSITIVE_INFINITY : value;
}

function valueOf(result: EvaluationResult, metric: string, cutoff: number): number {
  return result.metrics.find((found) => found.metric === metric && found.cutoff === cutoff)!.value;
}

const noIntervals = { bootstrap: null } satisfies EvaluateOptions;
const itemCount = 12;
const lists = fc.array(fc.array(fc.nat(itemCount - 1), { minLength: 3, maxLength: 7 }), { minLength: 1, maxLength: 8 });

describe('evaluate', () => {
  test('every metric equals one computed by sorting whole lists', async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom('left out' as const, 'kept' as const), async (all, seenItems) => {
        const cases = splitLeaveOneOut(sequencesOfLists(all, itemCount)).test;
        const cutoffs = [2, 5];
        const result = await evaluate(rankerOf(itemCount, noisyScore), cases, { ...noIntervals, cutoffs, seenItems });
        const shown = cutoffs.map(() => Array<number>(itemCount).fill(0));
        const sums = cutoffs.map(() => ({ HR: 0, NDCG: 0, MRR: 0 }));
        for (const list of all) {
          const history = Int32Array.from(list.slice(0, -1));
          const target = list.at(-1)!;
          const scores = Array.from({ length: itemCount }, (_, item) => {
            const score = noisyScore(history, item);
            return Number.isFinite(score) ? score : Number.NEGATIVE_INFINITY;
          });
          const candidates = scores
            .map((_, item) => item)
            .filter((item) => seenItems === 'kept' || item === target || !history.includes(item));
          const sorted = candidates.toSorted((a, b) => scores[b]! - scores[a]! || a - b);
          // Two of −Infinity have no difference: sort them as equals.
          const rank = candidates.filter((item) => item !== target && scores[item]! >= scores[target]!).length;
          cutoffs.forEach((cutoff, at) => {
            for (const item of sorted.slice(0, cutoff)) if (scores[item]! > Number.NEGATIVE_INFINITY) shown[at]![item]!++;
            if (rank >= cutoff) return;
            sums[at]!.HR += 1 / all.length;
            sums[at]!.NDCG += Math.log(2) / Math.log(rank + 2) / all.length;
            sums[at]!.MRR += 1 / (rank + 1) / all.length;
          });
        }
        cutoffs.forEach((cutoff, at) => {
          for (const metric of ['HR', 'NDCG', 'MRR'] as const) {
            expect(valueOf(result, metric, cutoff)).toBeCloseTo(sums[at]![metric], 10);
          }
          expect(valueOf(result, 'coverage', cutoff)).toBeCloseTo(shown[at]!.filter((x) => x > 0).length / itemCount, 10);
          const total = shown[at]!.reduce((sum, x) => sum + x, 0);
          const differences = shown[at]!.flatMap((one) => shown[at]!.map((other) => Math.abs(one - other)));
          const gini = differences.reduce((sum, x) => sum + x, 0) / (2 * itemCount * total);
          expect(valueOf(result, 'Gini', cutoff)).toBeCloseTo(total === 0 ? 0 : gini, 10);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('the order of the cases’ users and the batch size change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 4 }), async (all, batchSize) => {
        const options = { ...noIntervals, cutoffs: [3] };
        const ranker = rankerOf(itemCount, noisyScore);
        const forward = await evaluate(ranker, splitLeaveOneOut(sequencesOfLists(all, itemCount)).test, options);
        const backward = await evaluate(ranker, splitLeaveOneOut(sequencesOfLists(all.toReversed(), itemCount)).test, {
          ...options,
          batchSize,
        });
        expect([...backward.ranks].toReversed()).toEqual([...forward.ranks]);
        for (const { metric, cutoff, value } of forward.metrics) {
          expect(valueOf(backward, metric, cutoff)).toBeCloseTo(value, 12);
        }
        expect(backward.invalidScores).toBe(forward.invalidScores);
      }),
      { numRuns: 30 },
    );
  });

  test('a target seen before stays a candidate, other seen items do not', async () => {
    // History 0 1 2, target 0; the ranker prefers 1, then 2, then 0, then the rest.
    const cases = casesOfRows(sequencesOfLists([[0, 1, 2, 0]], 5), Int32Array.of(3), 'by hand');
    const ranker = rankerOf(5, (_, item) => [3, 5, 4, 1, 0][item]!);
    expect([...(await evaluate(ranker, cases, noIntervals)).ranks]).toEqual([0]);
    expect([...(await evaluate(ranker, cases, { ...noIntervals, seenItems: 'kept' })).ranks]).toEqual([2]);
  });

  test('the whole history is left out even where the ranker sees only its end', async () => {
    const cases = casesOfRows(sequencesOfLists([[0, 1, 2, 3]], 5), Int32Array.of(3), 'by hand');
    const shown: number[][] = [];
    const ranker = rankerOf(5, (history, item) => {
      if (item === 0) shown.push([...history]);
      return [9, 8, 7, 5, 6][item]!;
    });
    const result = await evaluate(ranker, cases, { ...noIntervals, historyLengthMax: 2 });
    expect(shown).toEqual([[1, 2]]);
    expect([...result.ranks]).toEqual([1]);
  });

  test('a constant scorer finds nothing; scores that are not numbers are counted', async () => {
    const all = Array.from({ length: 40 }, (_, user) => [user % 30, (user + 7) % 30, (user + 11) % 30]);
    const cases = splitLeaveOneOut(sequencesOfLists(all, 30)).test;
    const constant = await evaluate(
      rankerOf(30, () => 1),
      cases,
      { ...noIntervals, cutoffs: [10, 20] },
    );
    expect([valueOf(constant, 'HR', 20), constant.invalidScores]).toEqual([0, 0]);
    const broken = await evaluate(
      rankerOf(30, () => Number.NaN),
      cases,
      { ...noIntervals, cutoffs: [10, 20] },
    );
    expect([valueOf(broken, 'HR', 20), valueOf(broken, 'coverage', 20)]).toEqual([0, 0]);
    expect(broken.invalidScores).toBe(40 * 30);
  });

  test('sampled candidates: the target and negatives not seen, no coverage', async () => {
    const all = Array.from({ length: 300 }, (_, user) => [user % 50, (user + 1) % 50, (user + 2) % 50]);
    const cases = splitLeaveOneOut(sequencesOfLists(all, 50)).test;
    const ranker = rankerOf(50, (history, item) => createRandom(3, history.join(), item).next());
    const options = { ...noIntervals, cutoffs: [1], candidates: { kind: 'sampled', by: 'uniform', negatives: 4 } } as const;
    const result = await evaluate(ranker, cases, options);
    expect(result.metrics.map(({ metric }) => metric)).toEqual(['HR', 'NDCG', 'MRR']);
    // A ranker that knows nothing finds one of five first: .2, standard deviation .023.
    expect(Math.abs(valueOf(result, 'HR', 1) - 0.2)).toBeLessThan(0.08);
    expect([...(await evaluate(ranker, cases, { ...options, batchSize: 7 })).ranks]).toEqual([...result.ranks]);
    // Seen items are no negatives: a ranker that loves them does not suffer.
    const lovesSeen = rankerOf(50, (history, item) => (history.includes(item) ? 2 : item === (history[0]! + 2) % 50 ? 1 : 0));
    const many = { kind: 'sampled', by: 'popularity', negatives: 47 } as const;
    const popularity = new Float64Array(50).fill(2);
    const found = await evaluate(lovesSeen, cases, { ...options, candidates: many, popularity });
    expect(valueOf(found, 'HR', 1)).toBe(1);
  });

  test('gives the ranker histories, times and request times; tells progress and seconds', async () => {
    const sequences = sequencesOfLists(
      [
        [1, 2, 3],
        [0, 4, 5],
      ],
      6,
      [
        [10, 20, 30],
        [11, 21, 31],
      ],
    );
    const batches: HistoryBatch[] = [];
    const clock = manualClock();
    const ranker: Ranker = {
      name: 'listens',
      itemCount: 6,
      async score(batch) {
        batches.push(batch);
        clock.advance(750);
        return new Float32Array(batch.histories.length * 6);
      },
    };
    const progress: number[] = [];
    const result = await evaluate(ranker, splitLeaveOneOut(sequences).test, {
      clock,
      batchSize: 1,
      onProgress: ({ casesDone, cases }) => progress.push(casesDone / cases),
    });
    expect(batches.map(({ timesMs }) => [...timesMs![0]!])).toEqual([
      [10, 20],
      [11, 21],
    ]);
    expect(batches.map(({ requestTimesMs }) => [...requestTimesMs!])).toEqual([[30], [31]]);
    expect(progress).toEqual([0.5, 1]);
    expect(result.scoringSeconds).toBe(1.5);
    expect(result.protocol).toEqual({
      split: 'leave-one-out, test (last item)',
      candidates: { kind: 'all' },
      seenItems: 'left out',
      historyLengthMax: null,
      users: 2,
      cases: 2,
      seed: 0,
      bootstrap: { resamples: 1000, confidence: 0.95 },
    });
  });

  const cases = splitLeaveOneOut(sequencesOfLists([[0, 1, 2]], 4)).test;
  const none = casesOfRows(cases.sequences, new Int32Array(0), 'nothing');
  const silent: Ranker = { name: 'silent', itemCount: 4, score: async () => new Float32Array(3) };
  const sampled = (by: 'uniform' | 'popularity', negatives: number) => ({ candidates: { kind: 'sampled', by, negatives } }) as const;
  test.each<[string, Ranker, typeof cases, EvaluateOptions]>([
    ['EVALUATION_NO_CASES', rankerOf(4, () => 0), none, {}],
    ['EVALUATION_ITEM_COUNT', rankerOf(5, () => 0), cases, {}],
    ['EVALUATION_SCORES', silent, cases, {}],
    ['EVALUATION_CUTOFFS', rankerOf(4, () => 0), cases, { cutoffs: [] }],
    ['EVALUATION_CUTOFFS', rankerOf(4, () => 0), cases, { cutoffs: [1.5] }],
    ['EVALUATION_CANDIDATES', rankerOf(4, () => 0), cases, sampled('uniform', 0)],
    ['EVALUATION_CANDIDATES', rankerOf(4, () => 0), cases, sampled('popularity', 1)],
  ])('%s', async (code, ranker, asked, options) => {
    await expect(evaluate(ranker, asked, options)).rejects.toMatchObject({ code });
  });

  test('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(
      evaluate(
        rankerOf(4, () => 0),
        cases,
        { signal: stop },
      ),
    ).rejects.toThrow('enough');
  });
});
