import type { Ranker } from '../../src/learn/interaction-sequences.ts';

/** A ranker of counts with scores log(1 + count): the same order, and a softmax of them is the share of the counts. */
export function asLogCounts(counts: Ranker): Ranker {
  return { ...counts, score: async (batch) => (await counts.score(batch)).map(Math.log1p) };
}
