/** Plain statistics of series, for the stylised facts. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    ab += (a[at]! - meanA) * (b[at]! - meanB);
    aa += (a[at]! - meanA) ** 2;
    bb += (b[at]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Correlation of a series with itself `lag` later. */
export function autocorrelation(values: readonly number[], lag: number): number {
  return correlation(values.slice(0, -lag), values.slice(lag));
}

/** 0 of a normal distribution, more where tails are fat. */
export function excessKurtosis(values: readonly number[]): number {
  const centre = mean(values);
  const variance = mean(values.map((value) => (value - centre) ** 2));
  return mean(values.map((value) => (value - centre) ** 4)) / variance ** 2 - 3;
}

/** Root mean square. */
export function deviation(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value ** 2)));
}
