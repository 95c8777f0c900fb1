/** Metrics of the target's rank: hit rate, normalised discounted cumulative gain, mean reciprocal rank. */
export type RankMetric = 'HR' | 'NDCG' | 'MRR';
/** Metrics of the recommended lists: share of the catalogue shown, inequality of exposure. */
export type ListMetric = 'coverage' | 'Gini';

/** One metric at one cutoff. */
export interface MetricEstimate {
  readonly metric: RankMetric | ListMetric;
  /** Length of the list, the K of HR@K. */
  readonly cutoff: number;
  readonly value: number;
  /** Lower and upper end of the bootstrap interval; null where none was asked for. */
  readonly interval: readonly [low: number, high: number] | null;
}

export const RANK_METRICS: readonly RankMetric[] = ['HR', 'NDCG', 'MRR'];

/**
 * What one case adds to a metric: with one relevant item a case, for ranks before the cutoff, HR is 1, NDCG
 * 1 / log2(rank + 2), MRR 1 / (rank + 1); 0 from the cutoff on.
 *
 * @param rank 0 is the best
 */
export function rankGain(metric: RankMetric, rank: number, cutoff: number): number {
  if (rank >= cutoff) return 0;
  if (metric === 'HR') return 1;
  return metric === 'NDCG' ? 1 / Math.log2(rank + 2) : 1 / (rank + 1);
}

/**
 * Share of the catalogue that is in at least one list.
 *
 * @param exposures `[items]`, in how many lists each item stands
 */
export function catalogueCoverage(exposures: Int32Array): number {
  let shown = 0;
  for (let item = 0; item < exposures.length; item++) if (exposures[item]! > 0) shown++;
  return exposures.length === 0 ? 0 : shown / exposures.length;
}

/**
 * Gini coefficient of the exposures over the whole catalogue, items never shown included: 0 when every item is shown
 * equally often, (items − 1) / items when one item takes all. 0 when nothing is shown.
 *
 * G = Σᵢ (2i − n − 1) xᵢ / (n Σᵢ xᵢ), with x ascending and i from 1.
 *
 * @param exposures `[items]`, in how many lists each item stands
 */
export function giniCoefficient(exposures: Int32Array): number {
  const count = exposures.length;
  let largest = 0;
  for (let item = 0; item < count; item++) if (exposures[item]! > largest) largest = exposures[item]!;
  if (largest === 0) return 0;
  // Sorting by counting: a bootstrap calls this a thousand times.
  const itemsWith = new Int32Array(largest + 1);
  for (let item = 0; item < count; item++) itemsWith[exposures[item]!]!++;
  let before = 0;
  let total = 0;
  let weighted = 0;
  for (let exposure = 0; exposure <= largest; exposure++) {
    const equals = itemsWith[exposure]!;
    if (equals === 0) continue;
    // The positions before + 1 … before + equals sum to equals * (2 * before + equals + 1) / 2.
    weighted += exposure * equals * (2 * before + equals - count);
    total += exposure * equals;
    before += equals;
  }
  return weighted / (count * total);
}
