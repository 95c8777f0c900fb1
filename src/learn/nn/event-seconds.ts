/** Whole seconds since the first time; places beyond the last time repeat it. */
export function fillSeconds(into: Int32Array, timesMs: Float64Array): void {
  const first = timesMs[0] ?? 0;
  let last = 0;
  for (let at = 0; at < into.length; at++) {
    if (at < timesMs.length) last = Math.round((timesMs[at]! - first) / 1000);
    into[at] = last;
  }
}
