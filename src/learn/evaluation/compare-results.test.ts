import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Ranker } from '../interaction-sequences.ts';
import { compareResults } from './compare-results.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { splitLeaveOneOut } from './leave-one-out.ts';
import { sequencesOfLists } from './sequences-of-lists.ts';

const itemCount = 40;
const lists = Array.from({ length: 200 }, (_, user) => {
  const random = createRandom(1, 'user', user);
  return Array.from({ length: 4 }, () => random.integer(itemCount));
});
const cases = splitLeaveOneOut(sequencesOfLists(lists, itemCount)).test;

/** Knows each target with the given chance. */
function oracleOf(name: string, chance: number): Ranker {
  return {
    name,
    itemCount,
    async score({ histories }) {
      return Float32Array.from(
        histories.flatMap((history) => {
          const user = lists.findIndex((list) => list.slice(0, -1).join() === history.join());
          const scores = Array.from({ length: itemCount }, (_, item) => createRandom(2, user, item).next());
          if (createRandom(3, user).next() < chance) scores[lists[user]!.at(-1)!] = 2;
          return scores;
        }),
      );
    },
  };
}

const options = { bootstrap: null, cutoffs: [1, 10] } satisfies EvaluateOptions;

describe('compareResults', () => {
  test('differences are those of the metrics; a clearly better ranker’s interval leaves out 0', async () => {
    const good = await evaluate(oracleOf('good', 0.5), cases, options);
    const poor = await evaluate(oracleOf('poor', 0.3), cases, options);
    const { first, second, differences } = compareResults(good, poor);
    expect([first, second]).toEqual(['good', 'poor']);
    expect(differences.map(({ metric, cutoff }) => `${metric}@${cutoff}`)).toEqual([
      'HR@1',
      'NDCG@1',
      'MRR@1',
      'HR@10',
      'NDCG@10',
      'MRR@10',
    ]);
    for (const { metric, cutoff, difference, interval } of differences) {
      const valueIn = (result: typeof good) => result.metrics.find((found) => found.metric === metric && found.cutoff === cutoff)!.value;
      expect(difference).toBeCloseTo(valueIn(good) - valueIn(poor), 12);
      expect(interval[0]).toBeGreaterThan(0);
      expect(interval[0]).toBeLessThanOrEqual(difference);
      expect(interval[1]).toBeGreaterThanOrEqual(difference);
    }
    expect(compareResults(good, poor)).toEqual(compareResults(good, poor));
    expect(compareResults(good, poor, { seed: 9 })).not.toEqual(compareResults(good, poor));
  });

  test('pairs: what both find or miss adds no doubt', async () => {
    const result = await evaluate(oracleOf('good', 0.5), cases, options);
    for (const { difference, interval } of compareResults(result, { ...result, ranker: 'copy' }).differences) {
      expect([difference, ...interval]).toEqual([0, 0, 0]);
    }
  });

  test('refuses results that do not belong together, and says why', async () => {
    const result = await evaluate(oracleOf('good', 0.5), cases, options);
    const others = [
      { ...result, users: result.users.slice(1) },
      { ...result, targets: result.targets.toReversed() },
      await evaluate(oracleOf('good', 0.5), cases, { ...options, seenItems: 'kept' }),
      await evaluate(oracleOf('good', 0.5), cases, { ...options, cutoffs: [1] }),
      await evaluate(oracleOf('good', 0.5), { ...cases, split: 'other' }, options),
      await evaluate(oracleOf('good', 0.5), cases, {
        ...options,
        candidates: { kind: 'sampled', by: 'uniform', negatives: 3 },
      }),
    ];
    const faults = others.map((other) => {
      try {
        compareResults(result, other);
        return null;
      } catch (error) {
        return (error as { code: string; fields: { fault: string } }).fields.fault;
      }
    });
    expect(faults).toEqual(['users', 'targets', 'seen items', 'cutoffs', 'split', 'candidates']);
  });
});
