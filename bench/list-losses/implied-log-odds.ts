/**
 * What a loss says that its scores mean: `sigmoid` a probability of each place by itself; `softmax` which place of the list
 * is the target; `none` an order alone, and softmax is taken for want of another.
 */
export type ImpliedProbability = 'sigmoid' | 'softmax' | 'none';

/** Log-odds of each place of a list being the target, from the list's scores. O(places²) for a softmax. */
export function impliedLogOdds(implied: ImpliedProbability, scores: ArrayLike<number>): Float64Array {
  const own = Float64Array.from(scores);
  // log p − log(1 − p) of a softmax is the score less the log of the others' sum. Summed anew for each place: taking it
  // out of the whole sum would lose small rests.
  return implied === 'sigmoid' ? own : own.map((score, at) => score - logSumWithout(own, at));
}

function logSumWithout(scores: Float64Array, left: number): number {
  let most = -Infinity;
  for (let at = 0; at < scores.length; at++) if (at !== left && scores[at]! > most) most = scores[at]!;
  let sum = 0;
  for (let at = 0; at < scores.length; at++) if (at !== left) sum += Math.exp(scores[at]! - most);
  return most + Math.log(sum);
}
