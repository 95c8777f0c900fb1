import { createHash } from 'node:crypto';

/**
 * HyperLogLog as docs/decisions/0007-feature-semantics.md lays it down, so that every engine gets the same number.
 * Flajolet, Fusy, Gandouet, Meunier: HyperLogLog, AofA 2007; 64-bit hash as in Heule, Nunkesser, Hall, EDBT 2013 (§5.1).
 */

/** What a term does to a sketch: raises `register` to at least `rank`. */
export interface SketchMark {
  /** In [0, 2^precision). */
  readonly register: number;
  /** From 1 to 65 − precision. */
  readonly rank: number;
}

/** The first 32 bits and the next 32 of a term's MD5, big-endian. About 1 µs. */
export function hashTerm(term: string): readonly [high: number, low: number] {
  const digest = createHash('md5').update(term, 'utf8').digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
}

/** Register and rank of a hashed term. @param precision bits of the register's number, from 4 to 16 */
export function sketchMark(high: number, low: number, precision: number): SketchMark {
  const rest = (high << precision) >>> 0;
  const restBits = 32 - precision;
  const rank = rest === 0 ? restBits + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
  return { register: high >>> (32 - precision), rank };
}

/** Ranks up to this one are summed apart from those above, so that both sums are whole numbers that a double holds. */
const RANK_LOW_MAX = 30;

/**
 * Number of different terms, rounded to a whole one, from how many registers have each rank. The sum of 2^−rank is
 * exact but for one rounding at its end, whatever order the registers are in: that is what makes engines agree.
 *
 * @param registersOfRank index: rank, 0 for untouched registers; sums to 2^precision.
 */
export function estimateDistinct(registersOfRank: ArrayLike<number>): number {
  let registers = 0;
  let large = 0;
  let small = 0;
  for (let rank = 0; rank < registersOfRank.length; rank++) {
    const count = registersOfRank[rank]!;
    registers += count;
    if (rank <= RANK_LOW_MAX) large += count * 2 ** (RANK_LOW_MAX - rank);
    else small += count * 2 ** (64 - rank);
  }
  const sum = large * 2 ** -RANK_LOW_MAX + small * 2 ** -64;
  const estimate = (biasConstant(registers) * registers * registers) / sum;
  const untouched = registersOfRank[0]!;
  const linear = estimate <= 2.5 * registers && untouched > 0;
  return Math.floor((linear ? registers * Math.log(registers / untouched) : estimate) + 0.5);
}

/** α of Flajolet et al. 2007, figure 3. */
export function biasConstant(registers: number): number {
  if (registers === 16) return 0.673;
  if (registers === 32) return 0.697;
  if (registers === 64) return 0.709;
  return 0.7213 / (1 + 1.079 / registers);
}
