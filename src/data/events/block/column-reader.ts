import { crc32 } from 'node:zlib';
import { EventBlockDamagedError, EventBlockVersionError } from './block-errors.ts';
import { BLOCK_EVENTS_MAX, COLUMN_ENCODINGS, FILE_MAGIC, HEADER_BYTES, LIST_VALUES_MAX, NULLABLE } from './column-layout.ts';

/** Where a column stands and how to read it. */
interface Column {
  readonly encoding: number;
  readonly count: number;
  readonly start: number;
  readonly base: number;
}

/** The columns of one block. */
export interface ColumnReader {
  readonly events: number;
  /** Whether the block has a column. */
  has(name: string): boolean;
  /** Values of a column; NaN where one is null. A column that is missing is null throughout. @param count that it must have */
  numbers(name: string, count: number): Float64Array;
  /** Whole numbers from 0 to `limit - 1`; 0 throughout where the column is missing. */
  indices(name: string, count: number, limit: number): Int32Array;
  /** Values of a column, however many there are. */
  list(name: string, limit: number): Int32Array;
  /** One value; NaN where it is null or the column is missing. */
  numberAt(name: string, place: number): number;
  /** The bytes of a column, not copied; null where it is missing. */
  bytes(name: string): Buffer | null;
}

/**
 * Opens a block: checks its length, its checksum and where its columns stand.
 *
 * @throws {EventBlockDamagedError}, {@link EventBlockVersionError} when a column has an encoding of a later version
 */
export function openColumns(given: Uint8Array): ColumnReader {
  if (given.length < HEADER_BYTES) throw new EventBlockDamagedError(`it has ${given.length} bytes, fewer than its header`);
  // Typed arrays over the block need it aligned.
  const block = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  if (view.getUint32(0, true) !== FILE_MAGIC) throw new EventBlockDamagedError('it does not begin as a block does');
  const length = view.getUint32(8, true);
  if (length !== block.length) throw new EventBlockDamagedError(`it has ${block.length} bytes, its header says ${length}`);
  if (crc32(block.subarray(8)) !== view.getUint32(4, true)) throw new EventBlockDamagedError('its checksum is wrong');
  const events = view.getUint32(12, true);
  if (events > BLOCK_EVENTS_MAX) throw new EventBlockDamagedError(`its header says ${events} events, ${BLOCK_EVENTS_MAX} is the most`);
  const dataStart = view.getUint32(20, true);
  const columns = readDirectory(block, view, dataStart);

  function column(name: string, count: number): Column | null {
    const found = columns.get(name);
    if (found === undefined) return null;
    if (found.encoding === COLUMN_ENCODINGS.bytes) throw new EventBlockDamagedError(`column ${name} holds bytes, expected numbers`);
    if (found.count !== count) throw new EventBlockDamagedError(`column ${name} has ${found.count} values, expected ${count}`);
    return found;
  }

  function numbers(name: string, count: number): Float64Array {
    const found = column(name, count);
    const values = new Float64Array(count);
    if (found === null) return values.fill(NaN);
    const { encoding, start, base } = found;
    const at = block.byteOffset + dataStart + start;
    if (encoding === COLUMN_ENCODINGS.constant) values.fill(base);
    else if (encoding === COLUMN_ENCODINGS.f64) values.set(new Float64Array(block.buffer, at, count));
    else if ((encoding & NULLABLE) === 0) {
      const codes = codesOf(block.buffer, encoding, at, count);
      for (let place = 0; place < count; place++) values[place] = base + codes[place]!;
    } else {
      const codes = codesOf(block.buffer, encoding & ~NULLABLE, at, count);
      for (let place = 0; place < count; place++) values[place] = codes[place] === 0 ? NaN : base + codes[place]! - 1;
    }
    return values;
  }

  function indices(name: string, count: number, limit: number): Int32Array {
    const whole = new Int32Array(count);
    const found = column(name, count);
    if (found === null) return whole;
    const { encoding, start, base } = found;
    const at = block.byteOffset + dataStart + start;
    const isWhole = Number.isInteger(base) && base >= 0 && base < limit;
    if (!isWhole || encoding > COLUMN_ENCODINGS.u32) throw new EventBlockDamagedError(`column ${name} does not hold whole numbers`);
    if (encoding === COLUMN_ENCODINGS.constant) return whole.fill(base);
    const codes = codesOf(block.buffer, encoding, at, count);
    let most = 0;
    for (let place = 0; place < count; place++) {
      const value = base + codes[place]!;
      if (value > most) most = value;
      whole[place] = value;
    }
    if (most >= limit) throw new EventBlockDamagedError(`column ${name} points at ${most} of ${limit}`);
    return whole;
  }

  return {
    events,
    has: (name) => columns.has(name),
    numbers,
    indices,
    list(name, limit) {
      const count = columns.get(name)?.count ?? 0;
      if (count > LIST_VALUES_MAX) throw new EventBlockDamagedError(`column ${name} has ${count} values, ${LIST_VALUES_MAX} is the most`);
      return indices(name, count, limit);
    },
    numberAt(name, place) {
      const found = columns.get(name);
      if (found === undefined) return NaN;
      if (place >= found.count) throw new EventBlockDamagedError(`column ${name} has ${found.count} values, expected one at ${place}`);
      const { encoding, base } = found;
      const at = dataStart + found.start;
      if (encoding === COLUMN_ENCODINGS.constant) return base;
      if (encoding === COLUMN_ENCODINGS.f64) return view.getFloat64(at + place * 8, true);
      const width = encoding & ~NULLABLE;
      const code =
        width === COLUMN_ENCODINGS.u8
          ? view.getUint8(at + place)
          : width === COLUMN_ENCODINGS.u16
            ? view.getUint16(at + place * 2, true)
            : view.getUint32(at + place * 4, true);
      if ((encoding & NULLABLE) === 0) return base + code;
      return code === 0 ? NaN : base + code - 1;
    },
    bytes(name) {
      const found = columns.get(name);
      if (found === undefined) return null;
      if (found.encoding !== COLUMN_ENCODINGS.bytes) throw new EventBlockDamagedError(`column ${name} holds numbers, expected bytes`);
      return Buffer.from(block.buffer, block.byteOffset + dataStart + found.start, found.count);
    },
  };
}

function codesOf(buffer: ArrayBufferLike, encoding: number, at: number, count: number): Uint8Array | Uint16Array | Uint32Array {
  if (encoding === COLUMN_ENCODINGS.u8) return new Uint8Array(buffer, at, count);
  return encoding === COLUMN_ENCODINGS.u16 ? new Uint16Array(buffer, at, count) : new Uint32Array(buffer, at, count);
}

/** Bytes a value by encoding. */
const WIDTHS: readonly number[] = [0, 1, 2, 4, 8, 1];

function readDirectory(block: Uint8Array, view: DataView, dataStart: number): Map<string, Column> {
  const outside = () => new EventBlockDamagedError('its directory points outside it');
  if (dataStart % 8 !== 0 || dataStart < HEADER_BYTES || dataStart > block.length) throw outside();
  const names = Buffer.from(block.buffer, block.byteOffset, block.length);
  const columns = new Map<string, Column>();
  let at = HEADER_BYTES;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const nameEnd = at + 1 + (block[at] ?? 0);
    if (nameEnd + 17 > dataStart) throw outside();
    const name = names.toString('latin1', at + 1, nameEnd);
    const encoding = view.getUint8(nameEnd);
    const count = view.getUint32(nameEnd + 1, true);
    const start = view.getUint32(nameEnd + 5, true);
    const base = view.getFloat64(nameEnd + 9, true);
    at = nameEnd + 17;
    const plain = encoding & ~NULLABLE;
    const width = WIDTHS[plain];
    const mayBeNull = plain >= COLUMN_ENCODINGS.u8 && plain <= COLUMN_ENCODINGS.u32;
    if (width === undefined || (encoding !== plain && !mayBeNull)) throw new EventBlockVersionError('a column encoding', encoding, 5);
    if (start % 8 !== 0 || dataStart + start + count * width > block.length) throw outside();
    columns.set(name, { encoding, count, start, base });
  }
  return columns;
}
