import { mersenne } from 'pure-rand/generator/mersenne';

/**
 * The order that NumPy's `numpy.random.RandomState(seed).permutation(count)` gives: MT19937 seeded by Knuth's rule, a shuffle from
 * the back, each place drawn by masking and refusing. Published splits are made with it, and a split is part of a figure.
 */
export function numpyPermutation(count: number, seed: number): Int32Array {
  const generator = mersenne(seed);
  const order = Int32Array.from({ length: count }, (_, at) => at);
  for (let last = count - 1; last > 0; last--) {
    const mask = 2 ** (32 - Math.clz32(last)) - 1;
    let other = (generator.next() & mask) >>> 0;
    while (other > last) other = (generator.next() & mask) >>> 0;
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** Examples to fit on and examples to test on: the first half of the shuffled order and the rest. */
export function halves(count: number, seed: number): { readonly fit: Int32Array; readonly test: Int32Array } {
  const order = numpyPermutation(count, seed);
  return { fit: order.subarray(0, count >> 1), test: order.subarray(count >> 1) };
}
