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
export interface RecordState {
  readonly key: string;
  numbers: Float64Array;
  /** The same memory as {@link RecordState.numbers}. */
  words: Uint32Array;
  /** Doubles in use; the rest is room to grow. */
  used: number;
  readonly texts: string[];
  /** False while its stored form has not been fetched. */
  loaded: boolean;
  /** True while it holds what the store does not. */
  dirty: boolean;
}

/** Shape of the records of one view. */
export interface RecordLayout {
  readonly segments: number;
  readonly texts: number;
  readonly bodyStart: number;
}

/** Word where the ends of segments begin: after the first double. */
const ENDS = 2;

/** Room for growth of a new record, in doubles. */
const ROOM = 8;

/** Lays out records of so many segments and texts. */
export function recordLayout(segments: number, texts: number): RecordLayout {
  return { segments, texts, bodyStart: 1 + Math.ceil((segments + texts) / 2) };
}

/** A record without events. */
export function emptyRecord(key: string, layout: RecordLayout): RecordState {
  const numbers = new Float64Array(layout.bodyStart + ROOM);
  return {
    key,
    numbers,
    words: new Uint32Array(numbers.buffer),
    used: layout.bodyStart,
    texts: new Array<string>(layout.texts).fill(''),
    loaded: false,
    dirty: false,
  };
}

/** Forgets all events. */
export function clearRecord(record: RecordState, layout: RecordLayout): void {
  record.numbers.fill(0);
  record.used = layout.bodyStart;
  record.texts.fill('');
}

/** Index of a segment's first double. */
export function segmentStart(words: Uint32Array, layout: RecordLayout, segment: number): number {
  return layout.bodyStart + (segment === 0 ? 0 : words[ENDS + segment - 1]!);
}

/** Index after a segment's last double. */
export function segmentEnd(words: Uint32Array, layout: RecordLayout, segment: number): number {
  return layout.bodyStart + words[ENDS + segment]!;
}

/** Makes room for `count` doubles at index `at` of a segment; what lies there is undefined until written. */
export function openGap(record: RecordState, layout: RecordLayout, segment: number, at: number, count: number): void {
  const used = record.used + count;
  if (used > record.numbers.length) {
    const grown = new Float64Array(Math.ceil(used * 1.5));
    grown.set(record.numbers);
    record.numbers = grown;
    record.words = new Uint32Array(grown.buffer);
  }
  record.numbers.copyWithin(at + count, at, record.used);
  record.used = used;
  for (let s = segment; s < layout.segments; s++) record.words[ENDS + s]! += count;
}

/** Takes `count` doubles out at index `at` of a segment. */
export function closeGap(record: RecordState, layout: RecordLayout, segment: number, at: number, count: number): void {
  record.numbers.copyWithin(at, at + count, record.used);
  record.used -= count;
  for (let s = segment; s < layout.segments; s++) record.words[ENDS + s]! -= count;
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
    record.words[ENDS + layout.segments + t] = bytes;
    end += bytes;
  }
  target.set(new Uint8Array(record.numbers.buffer, 0, record.used * 8), at);
  return end;
}

/** Fills a record from its stored form. The bytes are copied. */
export function decodeRecord(record: RecordState, layout: RecordLayout, bytes: Uint8Array): void {
  const stored = storedDoubles(bytes, layout);
  const numbers = new Float64Array(stored + ROOM);
  new Uint8Array(numbers.buffer).set(bytes.subarray(0, stored * 8));
  record.numbers = numbers;
  record.words = new Uint32Array(numbers.buffer);
  record.used = stored;
  for (let t = 0; t < layout.texts; t++) record.texts[t] = storedText(bytes, record.words, layout, t);
}

/** One text of a stored record; `words` are those of the record. */
export function storedText(bytes: Uint8Array, words: Uint32Array, layout: RecordLayout, text: number): string {
  const first = ENDS + layout.segments;
  let from = (layout.bodyStart + words[ENDS + layout.segments - 1]!) * 8;
  for (let t = 0; t < text; t++) from += words[first + t]!;
  const length = words[first + text]!;
  return length === 0 ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('utf8');
}

function storedDoubles(bytes: Uint8Array, layout: RecordLayout): number {
  const at = 4 * (ENDS + layout.segments - 1);
  const end = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return layout.bodyStart + (end >>> 0);
}
