import { EventBlockDamagedError } from './block-errors.ts';
import type { ColumnReader } from './column-reader.ts';
import type { ColumnWriter } from './column-writer.ts';

const LENGTH_LIMIT = 1 << 30;

/**
 * Writes texts as two columns, `<name>` (all of them, one after the other) and `<name>-lengths` (in bytes). UTF-8, or, where a text
 * has half a surrogate pair and would not come back, UTF-16 under the name `<name>-16`.
 */
export function writeTexts(writer: ColumnWriter, name: string, texts: readonly string[], scratch: Float64Array): void {
  if (texts.length === 0) return;
  const joined = texts.join('');
  const bytes = Buffer.from(joined, 'utf8');
  const isAscii = bytes.length === joined.length;
  let sum = 0;
  for (let at = 0; at < texts.length; at++) sum += scratch[at] = isAscii ? texts[at]!.length : Buffer.byteLength(texts[at]!);
  // Halves of a pair that stand in two texts make one character of four bytes in the whole, and count three bytes each alone.
  if (sum !== bytes.length || !joined.isWellFormed()) {
    for (let at = 0; at < texts.length; at++) scratch[at] = texts[at]!.length * 2;
    writer.bytes(`${name}-16`, Buffer.from(joined, 'utf16le'));
    writer.numbers(`${name}-lengths`, scratch, texts.length);
    return;
  }
  writer.bytes(name, bytes);
  writer.numbers(`${name}-lengths`, scratch, texts.length);
}

/** V8 copies a substring up to this length; a longer one points into the text that it was cut from. */
const COPIED_LENGTH_MAX = 12;

/** Texts of a block, each decoded when it is asked for. */
export interface TextColumn {
  readonly count: number;
  at(place: number): string;
  /**
   * All of them. With `shared`, ASCII texts are slices of one long text, which is several times as fast to make, but one slice that
   * is kept keeps the whole text in memory.
   */
  all(shared: boolean): string[];
}

/** Reads what {@link writeTexts} wrote. @throws {EventBlockDamagedError} */
export function readTexts(reader: ColumnReader, name: string): TextColumn {
  const wide = reader.bytes(`${name}-16`);
  const bytes = wide ?? reader.bytes(name) ?? Buffer.alloc(0);
  const ends = reader.list(`${name}-lengths`, LENGTH_LIMIT);
  const count = ends.length;
  let end = 0;
  for (let place = 0; place < count; place++) {
    end += ends[place]!;
    if (end > bytes.length) break;
    ends[place] = end;
  }
  if (end !== bytes.length) throw new EventBlockDamagedError(`the lengths of ${name} add up to ${end} of ${bytes.length} bytes`);
  const encoding = wide === null ? 'utf8' : 'utf16le';
  const slice = (from: number, to: number) => bytes.toString(encoding, from, to);
  return {
    count,
    at: (place) => slice(place === 0 ? 0 : ends[place - 1]!, ends[place]!),
    all(shared) {
      const texts = new Array<string>(count);
      const whole = wide === null ? bytes.toString('utf8') : '';
      const isAscii = wide === null && whole.length === bytes.length;
      const sliceMax = shared ? Infinity : COPIED_LENGTH_MAX;
      let from = 0;
      for (let place = 0; place < count; place++) {
        const to = ends[place]!;
        if (!isAscii) texts[place] = slice(from, to);
        else texts[place] = to - from <= sliceMax ? whole.substring(from, to) : bytes.toString('latin1', from, to);
        from = to;
      }
      return texts;
    },
  };
}
