import { NO_NUMBERS, NO_WORDS, type ArenaSlot, type RecordArena } from './record-arena.ts';

/**
 * The state of one key in one view, packed: what all its features need, in one run of doubles that is stored as it stands.
 *
 * | doubles | content |
 * |---|---|
 * | 0 | received time of the last event that touched the record |
 * | 1 … bodyStart − 1 | 32-bit words: where each segment ends in the body, then the bytes of each text |
 * | bodyStart … | the segments, one after the other; an operator of `operators/` owns one or two |
 *
 * In store the texts follow as UTF-8. Little-endian, as every machine that Node.js runs on.
 */
export interface RecordState extends ArenaSlot {
  readonly key: string;
  readonly arena: RecordArena;
  /** Doubles in use; the rest is room to grow. 0: it has no room yet. */
  used: number;
  readonly texts: string[];
  /** False while its stored form has not been fetched. */
  loaded: boolean;
  /** True while it holds what the store does not. */
  dirty: boolean;
  /** The cache's generation that last touched it. */
  generation: number;
}

/** Where a record lies: from double `base` on. */
export interface RecordMemory {
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
  readonly base: number;
}

/** Shape of the records of one view. */
export interface RecordLayout {
  readonly segments: number;
  readonly texts: number;
  readonly bodyStart: number;
}

/** Word where the ends of segments begin: after the first double. */
const ENDS = 2;

/** Room for growth of a record that comes in, in doubles. */
const ROOM = 4;

const NO_TEXTS: string[] = [];

/** Lays out records of so many segments and texts. */
export function recordLayout(segments: number, texts: number): RecordLayout {
  return { segments, texts, bodyStart: 1 + Math.ceil((segments + texts) / 2) };
}

/** A record that is not loaded: it has no room yet, see {@link clearRecord} and {@link decodeRecord}. */
export function newRecord(key: string, layout: RecordLayout, arena: RecordArena): RecordState {
  return {
    key,
    arena,
    numbers: NO_NUMBERS,
    words: NO_WORDS,
    base: 0,
    capacity: 0,
    used: 0,
    texts: layout.texts === 0 ? NO_TEXTS : new Array<string>(layout.texts).fill(''),
    loaded: false,
    dirty: false,
    generation: 0,
  };
}

/** Makes a record that of a key without events. */
export function clearRecord(record: RecordState, layout: RecordLayout): void {
  if (record.capacity === 0) record.arena.place(record, layout.bodyStart + ROOM, 0);
  record.numbers.fill(0, record.base, record.base + layout.bodyStart);
  record.used = layout.bodyStart;
  record.texts.fill('');
}

/** Index of a segment's first double. */
export function segmentStart({ words, base }: RecordMemory, layout: RecordLayout, segment: number): number {
  return base + layout.bodyStart + (segment === 0 ? 0 : words[base * 2 + ENDS + segment - 1]!);
}

/** Index after a segment's last double. */
export function segmentEnd({ words, base }: RecordMemory, layout: RecordLayout, segment: number): number {
  return base + layout.bodyStart + words[base * 2 + ENDS + segment]!;
}

/**
 * Makes room for `count` doubles at offset `at − base` of a segment; what lies there is undefined until written. The
 * record may move: indices found before do not hold, offsets from `base` do.
 *
 * @returns the index of the room
 */
export function openGap(record: RecordState, layout: RecordLayout, segment: number, at: number, count: number): number {
  const offset = at - record.base;
  const used = record.used + count;
  if (used > record.capacity) record.arena.place(record, Math.ceil(used * 1.25), record.used);
  const { numbers, words, base } = record;
  if (offset < record.used) numbers.copyWithin(base + offset + count, base + offset, base + record.used);
  record.used = used;
  const ends = base * 2 + ENDS;
  for (let s = segment; s < layout.segments; s++) words[ends + s]! += count;
  return base + offset;
}

/** Takes `count` doubles out at index `at` of a segment. */
export function closeGap(record: RecordState, layout: RecordLayout, segment: number, at: number, count: number): void {
  record.numbers.copyWithin(at, at + count, record.base + record.used);
  record.used -= count;
  const ends = record.base * 2 + ENDS;
  for (let s = segment; s < layout.segments; s++) record.words[ends + s]! -= count;
}

/** Bytes that {@link encodeRecord} will at most write. */
export function encodedBytesMax(record: RecordState): number {
  let bytes = record.used * 8;
  for (const text of record.texts) bytes += text.length * 3;
  return bytes;
}

/** Writes the stored form to `target` from byte `at` (a multiple of 8) on; returns the byte after it. */
export function encodeRecord(record: RecordState, layout: RecordLayout, target: Buffer, at: number): number {
  let end = at + record.used * 8;
  for (let t = 0; t < layout.texts; t++) {
    const text = record.texts[t]!;
    const bytes = text === '' ? 0 : target.write(text, end, 'utf8');
    record.words[record.base * 2 + ENDS + layout.segments + t] = bytes;
    end += bytes;
  }
  target.set(new Uint8Array(record.numbers.buffer, record.base * 8, record.used * 8), at);
  return end;
}

/** Fills a record from its stored form. The bytes are copied. */
export function decodeRecord(record: RecordState, layout: RecordLayout, bytes: Uint8Array): void {
  const stored = storedDoubles(bytes, layout);
  record.arena.place(record, stored + ROOM, 0);
  new Uint8Array(record.numbers.buffer, record.base * 8, stored * 8).set(bytes.subarray(0, stored * 8));
  record.used = stored;
  for (let t = 0; t < layout.texts; t++) record.texts[t] = storedText(bytes, record, layout, t);
}

/** One text of a stored record; `memory` is where its doubles lie. */
export function storedText(bytes: Uint8Array, memory: RecordMemory, layout: RecordLayout, text: number): string {
  const { words } = memory;
  const first = memory.base * 2 + ENDS + layout.segments;
  let from = (layout.bodyStart + words[first - 1]!) * 8;
  for (let t = 0; t < text; t++) from += words[first + t]!;
  const length = words[first + text]!;
  return length === 0 ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('utf8');
}

function storedDoubles(bytes: Uint8Array, layout: RecordLayout): number {
  const at = 4 * (ENDS + layout.segments - 1);
  const end = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return layout.bodyStart + (end >>> 0);
}
