import { crc32 } from 'node:zlib';
import { COLUMN_ENCODINGS, FILE_MAGIC, HEADER_BYTES, NULLABLE } from './column-layout.ts';

/** Writes columns one after the other; the buffers are kept from block to block. */
export interface ColumnWriter {
  /** Begins a block. */
  begin(events: number): void;
  /**
   * A column of numbers, `values[0 … count)`. NaN means null. Written in as few bytes as hold it exactly; a column that is null
   * throughout is not written at all.
   */
  numbers(name: string, values: Float64Array, count: number): void;
  /** A column of bytes. */
  bytes(name: string, data: Uint8Array): void;
  /** Ends the block and returns it, in memory of its own. */
  end(): Uint8Array<ArrayBuffer>;
}

const DIRECTORY_BYTES_MAX = 4096;
const U32_MAX = 0xffff_ffff;

/** A writer without a block. Little-endian machines only, as all that Node.js runs on are. */
export function createColumnWriter(): ColumnWriter {
  const directory = Buffer.alloc(DIRECTORY_BYTES_MAX);
  let data = new Uint8Array(1 << 17);
  let directoryEnd = 0;
  let dataEnd = 0;
  let columns = 0;
  let eventCount = 0;

  /** Room for a column's data, at a multiple of 8. */
  function reserve(bytes: number): number {
    const start = (dataEnd + 7) & ~7;
    if (start + bytes > data.length) {
      const more = new Uint8Array(Math.max(data.length * 2, start + bytes));
      more.set(data.subarray(0, dataEnd));
      data = more;
    }
    data.fill(0, dataEnd, start);
    dataEnd = start + bytes;
    return start;
  }

  function enter(name: string, encoding: number, count: number, start: number, base: number): void {
    directory[directoryEnd++] = name.length;
    directoryEnd += directory.write(name, directoryEnd, 'latin1');
    directory[directoryEnd++] = encoding;
    directoryEnd = directory.writeUInt32LE(count, directoryEnd);
    directoryEnd = directory.writeUInt32LE(start, directoryEnd);
    directoryEnd = directory.writeDoubleLE(base, directoryEnd);
    columns++;
  }

  return {
    begin(events) {
      directoryEnd = 0;
      dataEnd = 0;
      columns = 0;
      eventCount = events;
    },
    numbers(name, values, count) {
      let least = Infinity;
      let most = -Infinity;
      let nulls = 0;
      let whole = true;
      for (let at = 0; at < count; at++) {
        const value = values[at]!;
        if (value !== value) nulls++;
        else {
          if (value < least) least = value;
          if (value > most) most = value;
          if (whole && (!Number.isSafeInteger(value) || (value === 0 && 1 / value < 0))) whole = false;
        }
      }
      if (nulls === count) return;
      const span = most - least + (nulls > 0 ? 1 : 0);
      if (!whole || span > U32_MAX) {
        const start = reserve(count * 8);
        new Float64Array(data.buffer, start, count).set(values.subarray(0, count));
        enter(name, COLUMN_ENCODINGS.f64, count, start, 0);
        return;
      }
      if (span === 0) {
        enter(name, COLUMN_ENCODINGS.constant, count, 0, least);
        return;
      }
      const width = span <= 0xff ? 1 : span <= 0xffff ? 2 : 4;
      const start = reserve(count * width);
      const codes =
        width === 1
          ? new Uint8Array(data.buffer, start, count)
          : width === 2
            ? new Uint16Array(data.buffer, start, count)
            : new Uint32Array(data.buffer, start, count);
      const encoding = width === 1 ? COLUMN_ENCODINGS.u8 : width === 2 ? COLUMN_ENCODINGS.u16 : COLUMN_ENCODINGS.u32;
      if (nulls === 0) for (let at = 0; at < count; at++) codes[at] = values[at]! - least;
      else for (let at = 0; at < count; at++) codes[at] = values[at] !== values[at] ? 0 : values[at]! - least + 1;
      enter(name, nulls === 0 ? encoding : encoding | NULLABLE, count, start, least);
    },
    bytes(name, bytes) {
      const start = reserve(bytes.length);
      data.set(bytes, start);
      enter(name, COLUMN_ENCODINGS.bytes, bytes.length, start, 0);
    },
    end() {
      const dataStart = (HEADER_BYTES + directoryEnd + 7) & ~7;
      const block = new Uint8Array(dataStart + dataEnd);
      block.set(directory.subarray(0, directoryEnd), HEADER_BYTES);
      block.set(data.subarray(0, dataEnd), dataStart);
      const header = new DataView(block.buffer);
      header.setUint32(0, FILE_MAGIC, true);
      header.setUint32(8, block.length, true);
      header.setUint32(12, eventCount, true);
      header.setUint32(16, columns, true);
      header.setUint32(20, dataStart, true);
      header.setUint32(4, crc32(block.subarray(8)), true);
      return block;
    },
  };
}
