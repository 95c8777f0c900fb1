import type { CellData } from './cell-data.ts';
import { ratioEvaluator, type Evaluator } from './evaluator.ts';

/**
 * NDCG@K of the lists: Σ gain · discount of the model's order over that of the best order, discount 1 / log₂(rank + 2), rank from 0 (Järvelin &
 * Kekäläinen 2002). The gain is the label of a binary task and 2^grade − 1 of a graded one (Burges et al. 2005). Equal scores share the
 * discounts of their ranks, so that the order of the data decides nothing (McSherry & Najork 2008). A list whose labels are all equal has
 * nothing to order and is left out. Each list counts alike. O(places) once, O(users) a resample.
 */
export function gainEvaluator(data: CellData, cutoff: number, isGraded: boolean): Evaluator {
  const { rows, lists, users, labels, userCount } = data;
  const numerators = new Float64Array(userCount);
  const denominators = new Float64Array(userCount);
  const gainOf = (row: number) => (isGraded ? 2 ** labels[row]! - 1 : labels[row]!);
  for (let from = 0; from < rows.length;) {
    let to = from + 1;
    while (to < rows.length && lists[rows[to]!] === lists[rows[from]!]) to++;
    const list = rows.subarray(from, to);
    from = to;
    if (list.every((row) => labels[row] === labels[list[0]!])) continue;
    const user = users[list[0]!]!;
    numerators[user]! += normalisedGain(list, data.scores, gainOf, cutoff);
    denominators[user]!++;
  }
  return ratioEvaluator(`NDCG@${cutoff}`, numerators, denominators);
}

function normalisedGain(list: Int32Array, scores: Float32Array, gainOf: (row: number) => number, cutoff: number): number {
  const order = list.slice().sort((first, second) => scores[second]! - scores[first]!);
  let gained = 0;
  for (let from = 0; from < order.length && from < cutoff;) {
    let [to, gain, discount] = [from, 0, 0];
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) {
      gain += gainOf(order[to]!);
      if (to < cutoff) discount += 1 / Math.log2(to + 2);
      to++;
    }
    gained += (gain / (to - from)) * discount;
    from = to;
  }
  const gains = Float64Array.from(list, gainOf).sort().reverse();
  let best = 0;
  for (let rank = 0; rank < gains.length && rank < cutoff; rank++) best += gains[rank]! / Math.log2(rank + 2);
  return gained / best;
}
