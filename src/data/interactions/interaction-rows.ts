import { TooLargeError } from './import-errors.ts';

/** Rows in file order, as columns. */
export interface InteractionColumns {
  readonly users: Int32Array;
  readonly items: Int32Array;
  /** Milliseconds since the epoch, or a position, or nothing where only the file's order is known. */
  readonly keys: Float64Array | null;
  /** Index of the event's kind, where the source has an event column. */
  readonly kinds: Uint8Array | null;
  /** 1-based line (Parquet: row) of each row. */
  readonly lines: Float64Array;
  /** A rating, a weight; NaN where a row has none. Null unless it was asked for. */
  readonly values: Float64Array | null;
}

/** Columns that grow row by row in blocks, so that growing copies nothing. 17 to 33 bytes a row. */
export interface InteractionRows {
  count(): number;
  add(line: number, user: number, item: number, key: number, kind: number, value?: number): void;
  /** All rows in one array a column; the blocks are let go one by one. To be called once. */
  take(): InteractionColumns;
}

const BLOCK_ROWS = 1 << 18;
const ROWS_MAX = 2 ** 31 - 1;

interface Block {
  users: Int32Array;
  items: Int32Array;
  keys: Float64Array | null;
  kinds: Uint8Array | null;
  lines: Float64Array;
  values: Float64Array | null;
}

/**
 * @param hasKeys Whether rows have a time or a position.
 * @param hasKinds Whether rows have an event's kind.
 * @param hasValues Whether the rows' values are kept.
 */
export function createInteractionRows(hasKeys: boolean, hasKinds: boolean, hasValues = false): InteractionRows {
  const blocks: (Block | null)[] = [];
  let block: Block = newBlock();
  let inBlock = 0;

  function newBlock(): Block {
    return {
      users: new Int32Array(BLOCK_ROWS),
      items: new Int32Array(BLOCK_ROWS),
      keys: hasKeys ? new Float64Array(BLOCK_ROWS) : null,
      kinds: hasKinds ? new Uint8Array(BLOCK_ROWS) : null,
      lines: new Float64Array(BLOCK_ROWS),
      values: hasValues ? new Float64Array(BLOCK_ROWS) : null,
    };
  }
  const count = () => blocks.length * BLOCK_ROWS + inBlock;

  return {
    count,
    add(line, user, item, key, kind, value = NaN) {
      if (inBlock === BLOCK_ROWS) {
        blocks.push(block);
        if (count() >= ROWS_MAX - BLOCK_ROWS) throw new TooLargeError('rows', ROWS_MAX);
        block = newBlock();
        inBlock = 0;
      }
      block.users[inBlock] = user;
      block.items[inBlock] = item;
      block.lines[inBlock] = line;
      if (block.keys !== null) block.keys[inBlock] = key;
      if (block.kinds !== null) block.kinds[inBlock] = kind;
      if (block.values !== null) block.values[inBlock] = value;
      inBlock++;
    },
    take() {
      const rows = count();
      const all = [...(blocks as Block[]), block];
      blocks.length = 0;
      const join = <A extends Int32Array | Float64Array | Uint8Array>(whole: A, name: keyof Block): A => {
        for (let index = 0; index < all.length; index++) {
          const from = index * BLOCK_ROWS;
          whole.set(all[index]![name]!.subarray(0, Math.min(BLOCK_ROWS, rows - from)), from);
          (all[index] as Record<keyof Block, unknown>)[name] = null;
        }
        return whole;
      };
      return {
        users: join(new Int32Array(rows), 'users'),
        items: join(new Int32Array(rows), 'items'),
        keys: hasKeys ? join(new Float64Array(rows), 'keys') : null,
        kinds: hasKinds ? join(new Uint8Array(rows), 'kinds') : null,
        lines: join(new Float64Array(rows), 'lines'),
        values: hasValues ? join(new Float64Array(rows), 'values') : null,
      };
    },
  };
}
