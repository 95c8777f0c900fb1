import type { EvaluationCases } from '../../learn/evaluation/evaluation-cases.ts';
import { countItems } from '../../learn/evaluation/item-counts.ts';
import type { InteractionSequences } from '../../learn/interaction-sequences.ts';
import type { Segmentation } from '../impressions/scored-impressions.ts';

/** From how many interactions on a history is middling, and long. */
const MIDDLING_FROM = 10;
const LONG_FROM = 50;

/**
 * The segments of next-item cases: `history` (how many interactions stand before the target), `item` (popular: the items that make up half of the
 * training interactions; rarer; new: not in training) and `user` (with or without training interactions). O(interactions + items log items).
 */
export function segmentsOfCases(cases: EvaluationCases, train: InteractionSequences): readonly Segmentation[] {
  const counts = countItems(train);
  const popular = popularItems(counts);
  const byCase = (code: (at: number) => number) => Uint8Array.from(cases.targets, (_, at) => code(at));
  return [
    {
      name: 'history',
      names: [`short (< ${MIDDLING_FROM})`, `middling (${MIDDLING_FROM} – ${LONG_FROM - 1})`, `long (${LONG_FROM} +)`],
      codes: byCase((at) => {
        const length = cases.historyEnds[at]! - cases.historyStarts[at]!;
        return length >= LONG_FROM ? 2 : length >= MIDDLING_FROM ? 1 : 0;
      }),
    },
    {
      name: 'item',
      names: ['popular item', 'rarer item', 'new item'],
      codes: byCase((at) => (counts[cases.targets[at]!] === 0 ? 2 : popular[cases.targets[at]!] === 1 ? 0 : 1)),
    },
    {
      name: 'user',
      names: ['known user', 'new user'],
      codes: byCase((at) => (train.offsets[cases.users[at]! + 1] === train.offsets[cases.users[at]!] ? 1 : 0)),
    },
  ];
}

/** 1 for the most frequent items that together have half of all interactions, ties to the lower index. */
function popularItems(counts: ArrayLike<number>): Uint8Array {
  const popular = new Uint8Array(counts.length);
  const order = Array.from(popular, (_, item) => item).sort((first, second) => counts[second]! - counts[first]! || first - second);
  const total = order.reduce((sum, item) => sum + counts[item]!, 0);
  let before = 0;
  for (const item of order) {
    if (before >= total / 2) break;
    popular[item] = 1;
    before += counts[item]!;
  }
  return popular;
}
