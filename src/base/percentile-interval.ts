/**
 * The central interval of the replicates: from the (1 − confidence) / 2 quantile to its opposite, interpolated linearly.
 *
 * @param replicates one value a resample, at least one
 */
export function percentileInterval(replicates: Float64Array, confidence: number): [low: number, high: number] {
  const sorted = replicates.slice().sort();
  const tail = (1 - confidence) / 2;
  return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
