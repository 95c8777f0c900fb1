import { TooLargeError } from '../interactions/import-errors.ts';

type Column = Int32Array | Float64Array | Float32Array | Uint16Array | Uint8Array;

/** Rows in columns that grow in blocks, so that growing copies nothing. */
export interface GrowingRows<Columns extends Readonly<Record<string, Column>>> {
  count(): number;
  /** Columns of the block that the row of the last {@link GrowingRows.next} stands in. */
  columns(): Columns;
  /** Adds a row; returns its place in {@link GrowingRows.columns}, to be filled. */
  next(): number;
  /** All rows in one array a column; the blocks are let go one by one. To be called once. */
  take(): Columns;
}

const BLOCK_ROWS = 1 << 16;
const ROWS_MAX = 2 ** 31 - 1;

/**
 * @param make A block's columns of so many rows.
 * @param what What the rows are, for the message.
 * @throws {TooLargeError} beyond 2^31 − 1 rows
 */
export function createGrowingRows<Columns extends Readonly<Record<string, Column>>>(
  what: string,
  make: (rows: number) => Columns,
): GrowingRows<Columns> {
  const full: Columns[] = [];
  let block = make(BLOCK_ROWS);
  let inBlock = 0;
  const count = () => full.length * BLOCK_ROWS + inBlock;
  return {
    count,
    columns: () => block,
    next() {
      if (inBlock === BLOCK_ROWS) {
        if (count() > ROWS_MAX - BLOCK_ROWS) throw new TooLargeError(what, ROWS_MAX);
        full.push(block);
        block = make(BLOCK_ROWS);
        inBlock = 0;
      }
      return inBlock++;
    },
    take() {
      const rows = count();
      const whole = make(rows);
      const blocks = [...full, block];
      full.length = 0;
      for (let at = 0; at < blocks.length; at++) {
        const from = at * BLOCK_ROWS;
        for (const name of Object.keys(whole)) {
          whole[name]!.set(blocks[at]![name]!.subarray(0, Math.min(BLOCK_ROWS, rows - from)), from);
        }
        blocks[at] = whole;
      }
      return whole;
    },
  };
}
