import { NO_NUMBERS, NO_WORDS, type ArenaSlot, type RecordArena } from '../store/record-arena.ts';
import type { RecordMemory } from '../store/record-memory.ts';

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

/** Whether a run of segments holds nothing. */
export function segmentsAreEmpty({ words, base }: RecordMemory, segment: number, count: number): boolean {
  const at = base * 2 + ENDS + segment;
  return words[at + count - 1]! === (segment === 0 ? 0 : words[at - 1]!);
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

/** Fills a record from its stored form, which is copied. */
export function decodeRecord(record: RecordState, layout: RecordLayout, memory: RecordMemory): void {
  const used = segmentEnd(memory, layout, layout.segments - 1) - memory.base;
  for (let t = 0; t < layout.texts; t++) record.texts[t] = storedText(memory, layout, t);
  record.arena.place(record, used + ROOM, 0);
  record.numbers.set(memory.numbers.subarray(memory.base, memory.base + used), record.base);
  record.used = used;
}

/** One text of a stored record. */
export function storedText(memory: RecordMemory, layout: RecordLayout, text: number): string {
  const { words, numbers, base } = memory;
  const first = base * 2 + ENDS + layout.segments;
  const length = words[first + text]!;
  if (length === 0) return '';
  let from = numbers.byteOffset + (base + layout.bodyStart + words[first - 1]!) * 8;
  for (let t = 0; t < text; t++) from += words[first + t]!;
  return Buffer.from(numbers.buffer, from, length).toString('utf8');
}
