import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A seeded stream of random numbers (xoroshiro128+). One seed and one label, one stream, on any machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
  /** Uniform integer in [0, bound); `bound` from 1 to 2^32. */
  integer(bound: number): number;
  /** Standard normal (Box–Muller, one value a call). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates). */
  shuffle(array: number[] | Int32Array): void;
  /** The generator's state: give it to {@link restoreRandom} to go on from here. */
  state(): readonly number[];
}

/**
 * A stream derived from a seed and labels; different labels give independent streams, so that adding a consumer does
 * not move the numbers of another.
 *
 * @example createRandom(7, 'dropout', 120)
 */
export function createRandom(seed: number | string, ...labels: readonly (number | string)[]): Random {
  const digest = createHash('sha256')
    .update([seed, ...labels].join('\u0000'))
    .digest();
  return wrap(xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at))));
}

/** A stream that goes on from a saved {@link Random.state}. */
export function restoreRandom(state: readonly number[]): Random {
  return wrap(xoroshiro128plusFromState(state));
}

function wrap(generator: RandomGenerator): Random {
  const uint32 = () => generator.next() >>> 0;
  const next = () => uint32() / 0x1_0000_0000;
  const integer = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    uint32,
    integer,
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return radius * Math.cos(2 * Math.PI * next());
    },
    shuffle(array) {
      for (let last = array.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = array[last]!;
        array[last] = array[other]!;
        array[other] = kept;
      }
    },
    state: () => generator.getState(),
  };
}
