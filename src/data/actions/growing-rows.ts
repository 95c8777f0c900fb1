import { TooLargeError } from '../interactions/import-errors.ts';

type Column = Int32Array | Float64Array | Float32Array | Uint16Array | Uint8Array;

/** Rows in columns that grow in blocks, so that growing copies nothing. */
export interface GrowingRows<Columns extends Readonly<Record<string, Column>>> {
  /** Columns of the block that the row of the last {@link GrowingRows.next} stands in. */
  columns(): Columns;
  /** Adds a row; returns its place in {@link GrowingRows.columns}, to be filled. */
  next(): number;
  /** All rows in one array a column; the blocks are let go one by one. To be called once. */
  take(): Columns;
}

/** Blocks double from the first size to the last: small logs are cheap, large ones waste little. */
const FIRST_BLOCK_ROWS = 1 << 10;
const LAST_BLOCK_ROWS = 1 << 18;
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
  let rowsInFull = 0;
  let blockRows = FIRST_BLOCK_ROWS;
  let block = make(blockRows);
  let inBlock = 0;
  return {
    columns: () => block,
    next() {
      if (inBlock === blockRows) {
        full.push(block);
        rowsInFull += blockRows;
        blockRows = Math.min(2 * blockRows, LAST_BLOCK_ROWS);
        if (rowsInFull + blockRows > ROWS_MAX) throw new TooLargeError(what, ROWS_MAX);
        block = make(blockRows);
        inBlock = 0;
      }
      return inBlock++;
    },
    take() {
      const whole = make(rowsInFull + inBlock);
      const blocks = [...full, block];
      full.length = 0;
      let from = 0;
      for (let at = 0; at < blocks.length; at++) {
        const isLast = at === blocks.length - 1;
        let rows = 0;
        for (const name of Object.keys(whole)) {
          const column = isLast ? blocks[at]![name]!.subarray(0, inBlock) : blocks[at]![name]!;
          whole[name]!.set(column, from);
          rows = column.length;
        }
        from += rows;
        blocks[at] = whole;
      }
      return whole;
    },
  };
}
