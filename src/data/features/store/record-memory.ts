/** Where a record lies: its doubles from `base` on, then its texts as UTF-8. See `stream/record-state.ts`. */
export interface RecordMemory {
  readonly numbers: Float64Array;
  /** The same memory as {@link RecordMemory.numbers}. */
  readonly words: Uint32Array;
  /** In doubles. */
  readonly base: number;
}

/** A record's bytes where they lie. */
export function recordBytes({ numbers, base }: RecordMemory, length: number): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset + base * 8, length);
}

/** A copy of a record's bytes, where they can be read as doubles. */
export function copyRecord(bytes: Uint8Array): RecordMemory {
  const numbers = new Float64Array(Math.ceil(bytes.length / 8));
  new Uint8Array(numbers.buffer).set(bytes);
  return { numbers, words: new Uint32Array(numbers.buffer), base: 0 };
}
