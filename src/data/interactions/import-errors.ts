import { NisusError } from '../../base/error.ts';
import { printableText } from '../../base/printable-text.ts';
import type { RejectReason } from './reject-reason.ts';

/** Names of columns and files that one message shows at most, and characters of each. */
const NAMES_SHOWN = 24;
const NAME_CHARACTERS_SHOWN = 60;

/** Thrown when the source (or a folder's expected file) does not exist or cannot be opened. Code `IMPORT_SOURCE_MISSING`. */
export class SourceMissingError extends NisusError {
  constructor(path: string, cause?: unknown) {
    const reason = cause instanceof Error ? ` (${printableText(cause.message)})` : '';
    super('IMPORT_SOURCE_MISSING', `Cannot open ${printableText(path)}${reason}. Expected a data file or a folder that holds one.`, {
      fields: { path },
      cause,
    });
  }
}

/** Thrown when the source holds no row at all: zero bytes, only empty lines, or only a header. Code `IMPORT_SOURCE_EMPTY`. */
export class SourceEmptyError extends NisusError {
  constructor(path: string, found: string) {
    super('IMPORT_SOURCE_EMPTY', `${printableText(path)} has no interactions: found ${found}, expected at least one row.`, {
      fields: { path, found },
    });
  }
}

/** Thrown when rows were read but none was kept: all rejected or filtered out. Code `IMPORT_NOTHING_KEPT`. */
export class NothingKeptError extends NisusError {
  constructor(path: string, rows: number, why: Readonly<Record<string, number>>) {
    const parts = Object.entries(why).map(([reason, count]) => `${reason} ${count}`);
    super(
      'IMPORT_NOTHING_KEPT',
      `None of the ${rows} rows of ${printableText(path)} was kept (${parts.join(', ')}). Check the columns, the time unit and the filters.`,
      { fields: { path, rows, why } },
    );
  }
}

/** Thrown when no supported format fits the source. Code `IMPORT_FORMAT_UNKNOWN`. */
export class FormatUnknownError extends NisusError {
  constructor(path: string, found: string, supported: readonly string[]) {
    super(
      'IMPORT_FORMAT_UNKNOWN',
      `Cannot tell the format of ${printableText(path)}: found ${printableText(found)}. Supported: ${supported.join('; ')}. ` +
        'Name the file itself, or give the format and the columns.',
      { fields: { path, found, supported } },
    );
  }
}

/** Thrown when a folder holds several files that could be meant. Code `IMPORT_SOURCE_AMBIGUOUS`. */
export class SourceAmbiguousError extends NisusError {
  constructor(folder: string, candidates: readonly string[]) {
    super(
      'IMPORT_SOURCE_AMBIGUOUS',
      `${printableText(folder)} holds several data files: ${namesToShow(candidates)}. Name the one to import.`,
      { fields: { folder, candidates } },
    );
  }
}

/** Thrown when a needed or a mapped column is not in the source. Code `IMPORT_COLUMN_MISSING`. */
export class ColumnMissingError extends NisusError {
  /** @param firstLineIsHeader Whether the columns' names were taken from a first line that may be a row instead. */
  constructor(path: string, role: string, expected: string, found: readonly string[], firstLineIsHeader = false) {
    super(
      'IMPORT_COLUMN_MISSING',
      `${printableText(path)} has no ${role} column: expected ${printableText(expected)}, found ${namesToShow(found)}. ` +
        `Map it with columns.${role}` +
        (firstLineIsHeader ? '; where the first line is a row already, say so (header: false, --no-header) and map by number.' : '.'),
      { fields: { path, role, expected, found } },
    );
  }
}

/** As many names as help, in one line. */
function namesToShow(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => printableText(name, NAME_CHARACTERS_SHOWN));
  if (names.length > NAMES_SHOWN) shown.push(`and ${names.length - NAMES_SHOWN} more`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}

/** Thrown when a compressed file is cut off or damaged. Code `IMPORT_COMPRESSED_UNREADABLE`. */
export class CompressedUnreadableError extends NisusError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'IMPORT_COMPRESSED_UNREADABLE',
      `${printableText(path)} cannot be decompressed: ${reason}. Expected a whole gzip file; is it cut off? Fetch it again.`,
      { fields: { path, reason }, cause },
    );
  }
}

/** Thrown when a file is of a known format but cannot be read as such (a damaged Parquet file, UTF-16 text). Code `IMPORT_FILE_UNREADABLE`. */
export class FileUnreadableError extends NisusError {
  constructor(path: string, found: string, expected: string, cause?: unknown) {
    super('IMPORT_FILE_UNREADABLE', `${printableText(path)} cannot be read: found ${printableText(found)}, expected ${expected}.`, {
      fields: { path, found, expected },
      cause,
    });
  }
}

/** Thrown in strict mode at the first bad row. Code `IMPORT_ROW_REJECTED`. */
export class RowRejectedError extends NisusError {
  constructor(path: string, line: number, reason: RejectReason, detail: string, raw: string) {
    super(
      'IMPORT_ROW_REJECTED',
      `${printableText(path)}, line ${line}: ${reason} (${printableText(detail)}): ${printableText(raw)}. Mend the row, or import without strict to set bad rows aside.`,
      { fields: { path, line, reason, detail, raw } },
    );
  }
}

/** Thrown when an option contradicts another or is out of its range. Code `IMPORT_OPTION_INVALID`. */
export class ImportOptionError extends NisusError {
  constructor(message: string, fields: Record<string, unknown> = {}) {
    super('IMPORT_OPTION_INVALID', message, { fields });
  }
}

/** Thrown when the source has more rows, users or items than 32-bit indices can name. Code `IMPORT_TOO_LARGE`. */
export class TooLargeError extends NisusError {
  constructor(what: string, limit: number) {
    super('IMPORT_TOO_LARGE', `The source has more than ${limit} ${what}, the most that one data set holds. Split it.`, {
      fields: { what, limit },
    });
  }
}
