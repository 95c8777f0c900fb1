import { NisusError } from '../../base/error.ts';
import type { RejectReason } from './reject-reason.ts';

/** Thrown when the source (or a folder's expected file) does not exist or cannot be opened. Code `IMPORT_SOURCE_MISSING`. */
export class SourceMissingError extends NisusError {
  constructor(path: string, cause?: unknown) {
    const reason = cause instanceof Error ? ` (${cause.message})` : '';
    super('IMPORT_SOURCE_MISSING', `Cannot open ${path}${reason}. Expected a data file or a folder that holds one.`, {
      fields: { path },
      cause,
    });
  }
}

/** Thrown when the source holds no row at all: zero bytes, only empty lines, or only a header. Code `IMPORT_SOURCE_EMPTY`. */
export class SourceEmptyError extends NisusError {
  constructor(path: string, found: string) {
    super('IMPORT_SOURCE_EMPTY', `${path} has no interactions: found ${found}, expected at least one row.`, {
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
      `None of the ${rows} rows of ${path} was kept (${parts.join(', ')}). Check the columns, the time unit and the filters.`,
      { fields: { path, rows, why } },
    );
  }
}

/** Thrown when no supported format fits the source. Code `IMPORT_FORMAT_UNKNOWN`. */
export class FormatUnknownError extends NisusError {
  constructor(path: string, found: string, supported: readonly string[]) {
    super(
      'IMPORT_FORMAT_UNKNOWN',
      `Cannot tell the format of ${path}: found ${found}. Supported: ${supported.join('; ')}. ` +
        'Name the file itself, or give the format and the columns.',
      { fields: { path, found, supported } },
    );
  }
}

/** Thrown when a needed or a mapped column is not in the source. Code `IMPORT_COLUMN_MISSING`. */
export class ColumnMissingError extends NisusError {
  constructor(path: string, role: string, expected: string, found: readonly string[]) {
    super(
      'IMPORT_COLUMN_MISSING',
      `${path} has no ${role} column: expected ${expected}, found ${found.length === 0 ? 'none' : found.join(', ')}. ` +
        `Map it with columns.${role}.`,
      { fields: { path, role, expected, found } },
    );
  }
}

/** Thrown when a compressed file is cut off or damaged. Code `IMPORT_COMPRESSED_UNREADABLE`. */
export class CompressedUnreadableError extends NisusError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      'IMPORT_COMPRESSED_UNREADABLE',
      `${path} cannot be decompressed: ${reason}. Expected a whole gzip file; is it cut off? Fetch it again.`,
      { fields: { path, reason }, cause },
    );
  }
}

/** Thrown when a file is of a known format but cannot be read as such (a damaged Parquet file, UTF-16 text). Code `IMPORT_FILE_UNREADABLE`. */
export class FileUnreadableError extends NisusError {
  constructor(path: string, found: string, expected: string, cause?: unknown) {
    super('IMPORT_FILE_UNREADABLE', `${path} cannot be read: found ${found}, expected ${expected}.`, {
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
      `${path}, line ${line}: ${reason} (${detail}): ${raw}. Mend the row, or import without strict to set bad rows aside.`,
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
