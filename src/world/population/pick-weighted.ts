import type { CounterRandom } from '../../base/counter-random.ts';

/** An index with probability proportional to its weight; one draw. Weights at least 0, their sum above 0. Cost: linear. */
export function pickWeighted(random: CounterRandom, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += weights[at]!;
  let left = random.next() * sum;
  for (let at = 0; at < weights.length - 1; at++) {
    left -= weights[at]!;
    if (left < 0) return at;
  }
  return weights.length - 1;
}
