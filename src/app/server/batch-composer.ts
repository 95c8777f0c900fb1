/** How much padding a batch may carry. A cell is one position of one row, filled or padded. */
export interface BatchLimits {
  /** Rows in one call of the model, at most. */
  readonly batchRowsMax: number;
  /** Padded cells that are always allowed: what one more call of the model costs, told in cells. */
  readonly paddingCellsFree: number;
  /** Beyond those, padded cells allowed as a share of the filled ones. */
  readonly paddingShareMax: number;
}

/**
 * Which of the waiting requests go into the next call of the model.
 *
 * A model pads every row to the longest of its batch, so one long history among short ones makes all of them cost as
 * much as the long one. The oldest request always goes (nobody starves); after it, in order of arrival, each that
 * leaves the padding of the whole batch within the limits. What stays behind keeps its place.
 *
 * @param lengths history length of each waiting request, oldest first
 * @returns ascending positions in `lengths`; empty only where `lengths` is
 */
export function composeBatch(lengths: readonly number[], limits: BatchLimits): number[] {
  const chosen: number[] = [];
  let filled = 0;
  let longest = 0;
  for (let at = 0; at < lengths.length && chosen.length < limits.batchRowsMax; at++) {
    const length = lengths[at]!;
    const filledThen = filled + length;
    const longestThen = Math.max(longest, length);
    const padding = longestThen * (chosen.length + 1) - filledThen;
    if (chosen.length > 0 && padding > limits.paddingCellsFree + limits.paddingShareMax * filledThen) continue;
    chosen.push(at);
    filled = filledThen;
    longest = longestThen;
  }
  return chosen;
}
