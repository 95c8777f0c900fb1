/**
 * Bins of the `quantile` features: a table of boundaries shared by all engines, each 1.02 times the one before, so that
 * the middle of a bin is within 1 % of everything in it. After DDSketch (Masson, Rim, Lee, VLDB 2019), with the table in
 * place of its logarithm, in whose last bit engines differ.
 *
 * Bin 0 holds sizes below the first boundary; bin `i` those from boundary `i − 1` up to, not including, boundary `i`; the
 * last one those from the last but one boundary on. Negative numbers have the bin of their size, negated.
 */
export const QUANTILE_BOUNDARIES: Float64Array = boundaries();

/** Number of the outermost bin: bins go from −{@link QUANTILE_BIN_MAX} to it. */
export const QUANTILE_BIN_MAX = QUANTILE_BOUNDARIES.length - 1;

/** Bin of a finite number. Twelve comparisons. */
export function quantileBin(value: number): number {
  const size = Math.abs(value);
  let low = 0;
  let high = QUANTILE_BIN_MAX;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (size < QUANTILE_BOUNDARIES[middle]!) high = middle;
    else low = middle + 1;
  }
  return value < 0 && low > 0 ? -low : low;
}

/** Middle of a bin: what is given for the numbers in it. */
export function quantileBinMiddle(bin: number): number {
  if (bin === 0) return 0;
  const index = Math.abs(bin);
  const middle = (QUANTILE_BOUNDARIES[index - 1]! + QUANTILE_BOUNDARIES[index]!) / 2;
  return bin < 0 ? -middle : middle;
}

/**
 * Quantile of binned numbers: the middle of the first bin, from the lowest, with more than `quantile × (count − 1)` numbers in it
 * and below it; null without numbers.
 *
 * @param bins pairs of bin and count, in rising order of the bin.
 */
export function quantileOfBins(bins: Iterable<readonly [bin: number, count: number]>, count: number, quantile: number): number | null {
  const rank = quantile * (count - 1);
  let below = 0;
  for (const [bin, inBin] of bins) {
    below += inBin;
    if (below > rank) return quantileBinMiddle(bin);
  }
  return null;
}

function boundaries(): Float64Array {
  const sizes: number[] = [];
  for (let size = 1e-9; size < 1.02e18; size *= 1.02) sizes.push(size);
  return Float64Array.from(sizes);
}
