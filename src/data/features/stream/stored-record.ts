import type { RecordView } from './operators/operator.ts';
import { storedText, type RecordLayout } from './record-state.ts';

/** A record read where it lies in a store's buffer; one is moved over many. */
export interface StoredRecord extends RecordView {
  /** Looks at the record in the first `length` of `bytes`, until the next move. */
  moveTo(bytes: Uint8Array, length: number): void;
}

/** Makes a {@link StoredRecord}. Copies only what does not begin at a multiple of 8 bytes. */
export function createStoredRecord(layout: RecordLayout): StoredRecord {
  let buffer: ArrayBufferLike | null = null;
  let offset = 0;
  let current: Uint8Array = new Uint8Array(0);
  let numbers: Float64Array = new Float64Array(0);
  let words: Uint32Array = new Uint32Array(0);
  return {
    get numbers() {
      return numbers;
    },
    base: 0,
    get words() {
      return words;
    },
    text: (index) => storedText(current, { words, numbers, base: 0 }, layout, index),
    moveTo(bytes, length) {
      let source = bytes;
      if (bytes.byteOffset % 8 !== 0) {
        source = new Uint8Array(length);
        source.set(new Uint8Array(bytes.buffer, bytes.byteOffset, length));
      }
      current = source;
      if (source.buffer === buffer && source.byteOffset === offset && numbers.length * 8 >= length - 7) return;
      ({ buffer, byteOffset: offset } = source);
      const doubles = Math.floor((source.buffer.byteLength - offset) / 8);
      numbers = new Float64Array(source.buffer, offset, doubles);
      words = new Uint32Array(source.buffer, offset, doubles * 2);
    },
  };
}
