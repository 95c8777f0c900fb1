import { NisusError } from '../../base/error.ts';

/**
 * Chunk widths of the levels of a row sum; the last level takes whatever is left. Narrow first: most rows of a batch have
 * few updates, and every chunk is padded to its width.
 */
export const rowSumWidths: readonly number[] = [4, 4, 8];

/** Levels of a row sum: those of {@link rowSumWidths} and the last. */
export const rowSumLevels = rowSumWidths.length + 1;

/** How to sum updates by row with gathers and sums along an axis alone. */
export interface RowSumPlan {
  /**
   * For each level an int32 matrix `[chunks, width]` of places in what it reads: level 0 reads the updates, each later one
   * the sums of the level before. The place behind the last is a row of zeros, for padding.
   */
  readonly levels: readonly { readonly data: Int32Array; readonly shape: readonly [chunks: number, width: number] }[];
  /** `[rows]`: where each row's sum lies among the sums of all levels laid end to end; behind the last for rows without updates. */
  readonly places: Int32Array;
}

/** Thrown when an update is for a row that does not exist. */
export class RowSumIndexError extends NisusError {
  constructor(row: number, position: number, rows: number) {
    super('ROW_SUM_INDEX', `row ${row} at position ${position} of the indices, but rows are 0 to ${rows - 1}`, {
      fields: { row, position, rows },
    });
  }
}

/**
 * Plans the sum of updates by row. The order of the updates of a row is kept, so the sum does not depend on threads.
 *
 * Cost: a counting sort of the indices and a pass over the rows a level.
 *
 * @param indices `[updates]`, each in [0, rows)
 * @throws {RowSumIndexError}
 */
export function planRowSums(indices: Int32Array, rows: number): RowSumPlan {
  const counts = new Int32Array(rows);
  for (let at = 0; at < indices.length; at++) {
    const row = indices[at]!;
    if (!(row >= 0 && row < rows)) throw new RowSumIndexError(row, at, rows);
    counts[row]!++;
  }
  const starts = new Int32Array(rows);
  // Rows that still have several sums: most rows of a table have no update in a batch.
  const open = new Int32Array(Math.min(rows, indices.length));
  let openCount = 0;
  for (let row = 0, before = 0; row < rows; row++) {
    starts[row] = before;
    before += counts[row]!;
    if (counts[row]! > 0) open[openCount++] = row;
  }
  const order = sortedByRow(indices, starts);
  const places = new Int32Array(rows).fill(-1);
  const levels: RowSumPlan['levels'][number][] = [];
  let sourceSize = indices.length;
  let sumsBefore = 0;
  for (let level = 0; level < rowSumLevels; level++) {
    const rowsNow = open.subarray(0, openCount);
    const width = rowSumWidths[level] ?? largest(counts, rowsNow);
    const chunks = chunkCount(counts, rowsNow, width);
    const data = new Int32Array(chunks * width).fill(sourceSize);
    let chunk = 0;
    openCount = 0;
    for (let at = 0; at < rowsNow.length; at++) {
      const row = rowsNow[at]!;
      const count = counts[row]!;
      const start = starts[row]!;
      const to = chunk * width;
      if (level === 0) for (let entry = 0; entry < count; entry++) data[to + entry] = order[start + entry]!;
      else for (let entry = 0; entry < count; entry++) data[to + entry] = start + entry;
      const left = chunksOf(count, width);
      starts[row] = chunk;
      counts[row] = left;
      if (left === 1) places[row] = sumsBefore + chunk;
      else open[openCount++] = row;
      chunk += left;
    }
    levels.push({ data, shape: [chunks, width] });
    sourceSize = chunks;
    sumsBefore += chunks;
  }
  for (let row = 0; row < rows; row++) if (places[row]! < 0) places[row] = sumsBefore;
  return { levels, places };
}

/** Positions of the indices, row by row, in their own order within a row. */
function sortedByRow(indices: Int32Array, starts: Int32Array): Int32Array {
  const next = starts.slice();
  const order = new Int32Array(indices.length);
  for (let at = 0; at < indices.length; at++) order[next[indices[at]!]!++] = at;
  return order;
}

function largest(counts: Int32Array, rows: Int32Array): number {
  let most = 1;
  for (let at = 0; at < rows.length; at++) if (counts[rows[at]!]! > most) most = counts[rows[at]!]!;
  return most;
}

function chunkCount(counts: Int32Array, rows: Int32Array, width: number): number {
  let chunks = 0;
  for (let at = 0; at < rows.length; at++) chunks += chunksOf(counts[rows[at]!]!, width);
  return chunks;
}

function chunksOf(count: number, width: number): number {
  return ((count + width - 1) / width) | 0;
}
