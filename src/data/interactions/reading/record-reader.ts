/**
 * One record of a delimited text file, as places in a buffer. The same object is used for every record: copy what must
 * outlive the callback.
 */
export interface TextRecord {
  bytes: Uint8Array;
  /** 1-based line on which the record begins. */
  line: number;
  /** The record's bytes, without its line end. */
  begin: number;
  end: number;
  fieldCount: number;
  /** Field `f` is `bytes[starts[f] … ends[f])`, without its quotes. */
  starts: Int32Array;
  ends: Int32Array;
  /** 0 plain, 1 quoted, 2 quoted and holding doubled quotes. */
  quotes: Uint8Array;
}

/** What a broken record can be broken by. */
export type BrokenRecord = 'broken-quotes' | 'line-too-long';

/** Options of {@link createRecordReader}. */
export interface RecordReaderOptions {
  /** One or two bytes; null: a record is one field. */
  readonly delimiter: string | null;
  /** Whether `"` at the start of a field opens a quoted field (RFC 4180: `""` inside is a quote, line ends belong to it). */
  readonly quoting: boolean;
  /** A longer record is broken. Bounds the memory. */
  readonly maximumRecordBytes: number;
  readonly onRecord: (record: TextRecord) => void;
  /** `bytes[begin … end)` is the start of the broken line. */
  readonly onBroken: (line: number, reason: BrokenRecord, bytes: Uint8Array, begin: number, end: number) => void;
}

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/**
 * Cuts a stream of bytes into records and fields, keeping exact line numbers.
 *
 * Lines end in `\n` or `\r\n`, mixed as they come; empty lines are skipped (and counted as lines); a UTF-8 byte order
 * mark is skipped. A record whose quotes are broken costs its first line only: reading goes on at the next line, so an
 * open quote does not swallow the rows after it.
 *
 * Written here because no library gives the line of every row: DuckDB 1.5's CSV reader gives none for rows that it
 * accepts, and miscounts rejected ones after an empty line.
 *
 * Cost: one pass over the bytes, no allocation a record.
 */
export function createRecordReader(options: RecordReaderOptions): {
  push(chunk: Uint8Array): void;
  /** Reads what is left as the last record. */
  finish(): void;
} {
  const { quoting, maximumRecordBytes, onRecord, onBroken } = options;
  const delimiter = options.delimiter === null ? [] : [...Buffer.from(options.delimiter)];
  const first = delimiter[0] ?? -1;
  const second = delimiter[1] ?? -1;
  const width = delimiter.length;
  let bytes = new Uint8Array(1 << 16);
  let at = 0;
  let end = 0;
  let line = 1;
  let started = false;
  let skipping = false;
  const record: TextRecord = {
    bytes,
    line: 1,
    begin: 0,
    end: 0,
    fieldCount: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    quotes: new Uint8Array(64),
  };
  /** Where the record that {@link scan} found ends, line end included, and how many line ends it holds. */
  let scannedTo = 0;
  let scannedLines = 0;

  function addField(start: number, stop: number, quotes: number): void {
    const field = record.fieldCount++;
    if (field === record.starts.length) {
      const size = field * 2;
      const more = { starts: new Int32Array(size), ends: new Int32Array(size), quotes: new Uint8Array(size) };
      more.starts.set(record.starts);
      more.ends.set(record.ends);
      more.quotes.set(record.quotes);
      Object.assign(record, more);
    }
    record.starts[field] = start;
    record.ends[field] = stop;
    record.quotes[field] = quotes;
  }

  /** Finds the record at `at`: 1 found, 0 more bytes are needed, -1 broken quotes. */
  function scan(final: boolean): number {
    record.fieldCount = 0;
    let position = at;
    let lines = 0;
    for (;;) {
      let start = position;
      let stop: number;
      let quotes = 0;
      if (quoting && position < end && bytes[position] === QUOTE) {
        quotes = 1;
        start = ++position;
        for (;;) {
          if (position >= end) return final || position - at > maximumRecordBytes ? -1 : 0;
          const byte = bytes[position]!;
          if (byte === NEWLINE) lines++;
          if (byte === QUOTE) {
            if (position + 1 >= end && !final) return 0;
            if (position + 1 >= end || bytes[position + 1] !== QUOTE) break;
            quotes = 2;
            position++;
          }
          position++;
        }
        stop = position++;
        if (position >= end && !final) return 0;
        // A return before the line end belongs to the line end.
        if (position < end && bytes[position] === RETURN && (position + 1 >= end || bytes[position + 1] === NEWLINE)) {
          if (position + 1 >= end && !final) return 0;
          position++;
        }
        const closes =
          position >= end || bytes[position] === NEWLINE || (bytes[position] === first && (width === 1 || bytes[position + 1] === second));
        if (!closes) return -1;
      } else {
        for (;;) {
          if (position >= end) break;
          const byte = bytes[position]!;
          if (byte === NEWLINE) break;
          if (byte === first) {
            if (width === 1) break;
            if (position + 1 >= end && !final) return 0;
            if (bytes[position + 1] === second && position + 1 < end) break;
          }
          position++;
        }
        stop = position;
      }
      if (position >= end) {
        if (!final) return 0;
        closeRecord(start, stop, quotes, position);
        scannedTo = position;
        scannedLines = lines;
        return 1;
      }
      if (bytes[position] === NEWLINE) {
        closeRecord(start, stop, quotes, position);
        scannedTo = position + 1;
        scannedLines = lines + 1;
        return 1;
      }
      addField(start, stop, quotes);
      position += width;
    }
  }

  function closeRecord(start: number, stop: number, quotes: number, position: number): void {
    const returned = position > at && bytes[position - 1] === RETURN;
    record.end = returned ? position - 1 : position;
    addField(start, quotes === 0 && returned && stop > start ? stop - 1 : stop, quotes);
  }

  /** Drops the line at `at`, or what there is of it. */
  function dropLine(reason: BrokenRecord): void {
    const newline = bytes.subarray(0, end).indexOf(NEWLINE, at);
    const stop = newline < 0 ? end : newline;
    onBroken(line, reason, bytes, at, stop > at && bytes[stop - 1] === RETURN ? stop - 1 : stop);
    if (newline < 0) {
      skipping = true;
      at = end;
    } else {
      at = newline + 1;
      line++;
    }
  }

  function drain(final: boolean): void {
    if (!started) {
      if (end < 3 && !final) return;
      started = true;
      if (end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    }
    if (skipping) {
      const newline = bytes.subarray(0, end).indexOf(NEWLINE, at);
      if (newline < 0) {
        at = end;
        return;
      }
      at = newline + 1;
      line++;
      skipping = false;
    }
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === NEWLINE || (byte === RETURN && at + 1 < end && bytes[at + 1] === NEWLINE)) {
        at += byte === NEWLINE ? 1 : 2;
        line++;
        continue;
      }
      const found = scan(final);
      if (found === 0) {
        if (end - at > maximumRecordBytes) dropLine('line-too-long');
        else return;
      } else if (found < 0) {
        // Wait for the rest of the line, so that the report shows it whole.
        if (!final && end - at <= maximumRecordBytes && bytes.subarray(0, end).indexOf(NEWLINE, at) < 0) return;
        dropLine('broken-quotes');
      } else if (scannedTo - at > maximumRecordBytes) dropLine('line-too-long');
      else {
        record.bytes = bytes;
        record.line = line;
        record.begin = at;
        const next = scannedTo;
        const lines = scannedLines;
        onRecord(record);
        at = next;
        line += lines;
      }
    }
  }

  return {
    push(chunk) {
      const kept = end - at;
      if (kept + chunk.length > bytes.length) {
        const more = new Uint8Array(Math.max(bytes.length * 2, kept + chunk.length));
        more.set(bytes.subarray(at, end));
        bytes = more;
      } else if (at > 0) bytes.copyWithin(0, at, end);
      bytes.set(chunk, kept);
      at = 0;
      end = kept + chunk.length;
      drain(false);
    },
    finish: () => drain(true),
  };
}

/** A field's text with its doubled quotes made single. */
export function fieldText(record: TextRecord, field: number, encoding: 'utf-8' | 'latin-1'): string {
  const bytes = Buffer.from(record.bytes.buffer, record.bytes.byteOffset, record.bytes.byteLength);
  const text = bytes.toString(encoding === 'utf-8' ? 'utf8' : 'latin1', record.starts[field]!, record.ends[field]!);
  return record.quotes[field] === 2 ? text.replaceAll('""', '"') : text;
}

/** The start of a record's raw text, for reports; invalid bytes become U+FFFD. */
export function rawText(bytes: Uint8Array, begin: number, end: number, encoding: 'utf-8' | 'latin-1', maximumCharacters: number): string {
  const stop = Math.min(end, begin + maximumCharacters * 4);
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = view.toString(encoding === 'utf-8' ? 'utf8' : 'latin1', begin, stop);
  return text.length > maximumCharacters + 1 ? text.slice(0, maximumCharacters + 1) : text;
}
