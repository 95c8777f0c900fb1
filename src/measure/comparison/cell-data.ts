/** The places of one cell of a comparison (a task within a segment) under one model. */
export interface CellData {
  /** `[places of the data]` each; the cell reads only its own rows. */
  readonly labels: Float32Array;
  readonly scores: Float32Array;
  /** Dense user of each place. */
  readonly users: Int32Array;
  readonly userCount: number;
  /** Dense list of each place. */
  readonly lists: Int32Array;
  readonly listCount: number;
  /** The cell's rows, in the order of the data: the rows of a list stand together. */
  readonly rows: Int32Array;
  /** The same by ascending score. */
  readonly order: Int32Array;
}

/** Rows by ascending score; equal scores in the order of the data. O(n log n). */
export function orderByScore(rows: Int32Array, scores: Float32Array): Int32Array {
  return rows.slice().sort((first, second) => scores[first]! - scores[second]! || first - second);
}
