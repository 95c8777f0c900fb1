/**
 * Bins of numbers for quantiles, the same in every engine: bin 0 holds magnitudes below 10⁻⁶, bin ±(i + 1) those from
 * `QUANTILE_EDGES[i]` up to the next edge; what lies beyond the last edge is in the last bin. Edges grow by γ = 1.02, so
 * a midpoint is within 1 % of every number of its bin, up to 2.3 × 10¹⁵ (Masson, Rim and Lee 2019, DDSketch, eq. 1).
 *
 * The table is made by multiplication and searched by comparison: no logarithm, whose last digit differs between machines.
 */
const EDGES = 2500;
const SMALLEST = 1e-6;
const GROWTH = 1.02;

/** Lower edges of the positive bins, rising. */
export const QUANTILE_EDGES: Float64Array = makeEdges();

/** The bin of a finite number: negative bins are rising towards 0, so bins are in order of value. Cost: a logarithm and a step or two. */
export function quantileBin(value: number): number {
  const size = Math.abs(value);
  if (size < SMALLEST) return 0;
  // The logarithm only says where to begin looking; the comparisons decide.
  let at = Math.min(EDGES - 1, Math.max(0, Math.floor(Math.log(size / SMALLEST) / Math.log(GROWTH))));
  while (at > 0 && QUANTILE_EDGES[at]! > size) at--;
  while (at < EDGES - 1 && QUANTILE_EDGES[at + 1]! <= size) at++;
  return value < 0 ? -(at + 1) : at + 1;
}

/** The number that stands for a bin: the middle between its edges; 0 for bin 0. */
export function quantileBinMidpoint(bin: number): number {
  if (bin === 0) return 0;
  const at = Math.abs(bin) - 1;
  const lower = QUANTILE_EDGES[at]!;
  const upper = at + 1 < EDGES ? QUANTILE_EDGES[at + 1]! : lower * GROWTH;
  return bin < 0 ? -(lower + upper) / 2 : (lower + upper) / 2;
}

function makeEdges(): Float64Array {
  const edges = new Float64Array(EDGES);
  let edge = SMALLEST;
  for (let i = 0; i < EDGES; i++) {
    edges[i] = edge;
    edge *= GROWTH;
  }
  return edges;
}
