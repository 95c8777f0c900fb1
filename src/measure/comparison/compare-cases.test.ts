import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { compareResults } from '../../learn/evaluation/compare-results.ts';
import { evaluate } from '../../learn/evaluation/evaluate.ts';
import { splitLeaveOneOut } from '../../learn/evaluation/leave-one-out.ts';
import type { InteractionSequences, Ranker } from '../../learn/interaction-sequences.ts';
import { compareCases, type ComparedRanks } from './compare-cases.ts';
import { comparisonText } from './comparison-text.ts';
import { segmentsOfCases } from './segments-of-cases.ts';

const ITEMS = 20;

/** Users of whom the next item is often the one after the last; histories of 3 to 62. */
function ring(users: number): InteractionSequences {
  const random = createRandom(5, 'ring');
  const histories = Array.from({ length: users }, () => {
    const items = [random.integer(ITEMS)];
    while (items.length < 3 + random.integer(60)) items.push(random.next() < 0.6 ? (items.at(-1)! + 1) % ITEMS : random.integer(ITEMS));
    return items;
  });
  const offsets = Int32Array.from([0, ...histories].map((_, at) => histories.slice(0, at).flat().length));
  return { userCount: users, itemCount: ITEMS, offsets, items: Int32Array.from(histories.flat()), timesMs: null };
}

/** Says the next of the ring, surer or less so. */
function ringRanker(name: string, sureness: number): Ranker {
  const random = createRandom(name);
  return {
    name,
    itemCount: ITEMS,
    async score({ histories }) {
      const scores = Float32Array.from({ length: histories.length * ITEMS }, () => random.normal());
      for (const [row, history] of histories.entries()) scores[row * ITEMS + ((history.at(-1)! + 1) % ITEMS)]! += sureness;
      return scores;
    },
  };
}

const sequences = ring(120);
const split = splitLeaveOneOut(sequences);
const ranksOf = async (name: string, sureness: number) => ({
  model: { name, fingerprint: null },
  result: await evaluate(ringRanker(name, sureness), split.test, { cutoffs: [3, 10], lists: false, bootstrap: null, seenItems: 'kept' }),
});
const compared = async (first: number, second: number): Promise<ComparedRanks> => ({
  ...{ first: await ranksOf('one', first), second: await ranksOf('other', second), data: { name: 'ring', fingerprint: null } },
  segmentations: segmentsOfCases(split.test, split.train),
});

describe('compareCases', () => {
  it('gives the differences and paired intervals of compareResults, the other way round', async () => {
    const ranks = await compared(0.5, 3);
    const { cells } = await compareCases(ranks, { cutoffs: [3, 10], resamples: 200, seed: 9 });
    const expected = compareResults(ranks.first.result, ranks.second.result, { resamples: 200, seed: 9 });
    expect(cells[0]!.metrics.map(({ metric, difference, interval }) => [metric, difference, ...interval])).toEqual(
      expected.differences.map(({ metric, cutoff, difference, interval: [low, high] }) => [
        `${metric}@${cutoff}`,
        ...[-difference, -high, -low].map((value) => expect.closeTo(value, 10)),
      ]),
    );
  });

  it('ships the better ranker, keeps it where it stands first, and tells nothing of a ranker and itself', async () => {
    const options = { cutoffs: [3], resamples: 200, usersMin: 10 };
    const ranks = await compared(0.2, 4);
    expect((await compareCases(ranks, options)).recommendation.verdict).toBe('ship B');
    expect((await compareCases({ ...ranks, first: ranks.second, second: ranks.first }, options)).recommendation.verdict).toBe('keep A');
    const same = await compareCases({ ...ranks, second: ranks.first }, options);
    expect(same.recommendation.verdict).toBe('no difference');
    expect(comparisonText(same)).not.toMatch(/normalised entropy|calibration/i);
  });

  it('refuses rankers that were not asked the same', async () => {
    const ranks = await compared(1, 1);
    const other = { ...ranks.second, result: { ...ranks.second.result, protocol: { ...ranks.second.result.protocol, split: 'another' } } };
    await expect(compareCases({ ...ranks, second: other })).rejects.toMatchObject({ code: 'COMPARISON_MISMATCH' });
  });
});

it('tells segments by history, item and user, as a plain count does', () => {
  const cases = split.test;
  const counts = Array.from({ length: ITEMS }, (_, item) => split.train.items.filter((other) => other === item).length);
  const segments = Object.fromEntries(
    segmentsOfCases(cases, split.train).map(({ name, names, codes }) => [name, Array.from(codes, (code) => names[code])]),
  );
  const popular = new Set<number>();
  let share = 0;
  for (const [item, count] of [...counts.entries()].toSorted(([a, one], [b, other]) => other - one || a - b)) {
    if (share >= split.train.items.length / 2) break;
    popular.add(item);
    share += count;
  }
  for (const [at, target] of cases.targets.entries()) {
    const length = cases.historyEnds[at]! - cases.historyStarts[at]!;
    expect(segments['history']![at]).toBe(length < 10 ? 'short (< 10)' : length < 50 ? 'middling (10 – 49)' : 'long (50 +)');
    expect(segments['item']![at]).toBe(counts[target] === 0 ? 'new item' : popular.has(target) ? 'popular item' : 'rarer item');
  }
  const none = { ...split.train, offsets: new Int32Array(sequences.userCount + 1), items: new Int32Array(0) };
  const [, items, users] = segmentsOfCases(cases, none);
  expect([...items!.codes].every((code) => code === 2)).toBe(true);
  expect([...users!.codes].every((code) => code === 1)).toBe(true);
});
