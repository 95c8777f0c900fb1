/**
 * HyperLogLog (Flajolet, Fusy, Gandouet and Meunier 2007) of 64-bit hashes: registers hold the highest rank met. No
 * correction for large ranges, which 64 bits do not need.
 */

/** The register that a hash belongs to: its top `precision` bits. */
export function registerOf(high: number, precision: number): number {
  return high >>> (32 - precision);
}

/** Leading zeros of the bits after the register's, plus 1. */
export function rankOf(high: number, low: number, precision: number): number {
  const rest = high << precision;
  return rest === 0 ? 33 - precision + Math.clz32(low) : Math.clz32(rest) + 1;
}

/** Estimated number of different hashes, in whole numbers (fig. 3 of the paper; linear counting below 2.5 m while registers are empty). */
export function estimateDistinct(registers: Uint8Array): number {
  const m = registers.length;
  let sum = 0;
  let empty = 0;
  for (let i = 0; i < m; i++) {
    const rank = registers[i]!;
    if (rank === 0) empty++;
    sum += POWERS[rank]!;
  }
  const estimate = (bias(m) * m * m) / sum;
  return Math.round(estimate <= 2.5 * m && empty > 0 ? m * Math.log(m / empty) : estimate);
}

const POWERS = Float64Array.from({ length: 66 }, (_, rank) => 2 ** -rank);

function bias(m: number): number {
  if (m === 16) return 0.673;
  if (m === 32) return 0.697;
  return m === 64 ? 0.709 : 0.7213 / (1 + 1.079 / m);
}
