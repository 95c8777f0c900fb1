/** Rows of float32 that an embedding table keeps: values and, behind them, optimizer state. Ids are checked by the caller. */
export interface RowStorage {
  readonly rows: number;
  /** Floats in a row. */
  readonly width: number;
  /** Copies the rows of `ids` into `into`, `[ids.length, width]`. */
  read(ids: Int32Array, into: Float32Array): void;
  /** Copies `from`, `[ids.length, width]`, over the rows of `ids`. */
  write(ids: Int32Array, from: Float32Array): void;
  /** Puts every write on disk, where there is one. */
  flush(): void;
  close(): void;
}

/** Rows in memory: rows × width × 4 bytes. */
export function memoryStorage(rows: number, width: number): RowStorage {
  const values = new Float32Array(rows * width);
  return {
    rows,
    width,
    read(ids, into) {
      for (let at = 0, to = 0; at < ids.length; at++) {
        for (let from = ids[at]! * width, end = from + width; from < end;) into[to++] = values[from++]!;
      }
    },
    write(ids, from) {
      for (let at = 0, source = 0; at < ids.length; at++) {
        for (let to = ids[at]! * width, end = to + width; to < end;) values[to++] = from[source++]!;
      }
    },
    flush() {},
    close() {},
  };
}
