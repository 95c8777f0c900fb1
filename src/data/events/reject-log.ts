import { closeSync, openSync, writeSync } from 'node:fs';
import { RowRejectedError } from './import-errors.ts';

/** Why a row was set aside. Stable: they stand in `manifest.json` and `rejects.jsonl`. */
export const REJECT_REASONS = [
  /** More or fewer fields than the header (or the format) has. */
  'column-count',
  /** The user id is empty, `null`, `none` or `\N`. */
  'missing-user',
  /** The item id is empty, `null`, `none` or `\N`. */
  'missing-item',
  /** The time or the position is empty or null. */
  'missing-time',
  /** The time is neither a number nor ISO 8601, or lies outside the years 1 to 9999. */
  'unreadable-time',
  /** The position is not a finite number. */
  'unreadable-position',
  /** An id, a time, a position or a value is `NaN`. */
  'not-a-number',
  /** The value (a rating, a weight) is not a finite number. */
  'unreadable-value',
  /** An id's bytes are not valid UTF-8. */
  'invalid-encoding',
  /** A quote is never closed, or text follows a closing quote. */
  'broken-quotes',
  /** The record is longer than `maximumRecordBytes`. */
  'line-too-long',
  /** The line is not a JSON object. */
  'invalid-json',
  /** An earlier row has the same user, item, time (or position) and event. */
  'duplicate',
] as const;

/** One of {@link REJECT_REASONS}. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Raw text of a rejected row is cut at this many characters. */
export const RAW_CHARACTERS_MAX = 500;

/** Counts rejected rows and writes the first of them as JSON lines. */
export interface RejectLog {
  readonly counts: ReadonlyMap<RejectReason, number>;
  total(): number;
  written(): number;
  /**
   * Whether a row added now would still be written.
   */
  hasRoom(): boolean;
  /**
   * @param line 1-based line (Parquet: row) where the row begins.
   * @throws {RowRejectedError} in strict mode.
   */
  add(line: number, reason: RejectReason, detail: string, raw: string): void;
  /** Counts rows without writing them. */
  count(reason: RejectReason, rows: number): void;
  close(): void;
}

const FLUSH_CHARACTERS = 1 << 16;

/**
 * A log that creates its file with the first reject.
 *
 * @param options.source Named in strict mode's error.
 * @param options.limit Rows written at most; the rest is counted only.
 */
export function createRejectLog(options: { path: string; source: string; limit: number; strict: boolean }): RejectLog {
  const counts = new Map<RejectReason, number>();
  let pending = '';
  let written = 0;
  let file = -1;
  const flush = () => {
    if (pending === '') return;
    if (file < 0) file = openSync(options.path, 'w');
    const bytes = Buffer.from(pending);
    for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at);
    pending = '';
  };
  return {
    counts,
    total: () => counts.values().reduce((sum, count) => sum + count, 0),
    written: () => written,
    hasRoom: () => written < options.limit,
    count(reason, rows) {
      if (rows > 0) counts.set(reason, (counts.get(reason) ?? 0) + rows);
    },
    add(line, reason, detail, raw) {
      const text = raw.length > RAW_CHARACTERS_MAX ? `${raw.slice(0, RAW_CHARACTERS_MAX)}…` : raw;
      if (options.strict) throw new RowRejectedError(options.source, line, reason, detail, text);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (written >= options.limit) return;
      written++;
      pending += `${JSON.stringify({ line, reason, detail, raw: text })}\n`;
      if (pending.length >= FLUSH_CHARACTERS) flush();
    },
    close() {
      flush();
      if (file >= 0) closeSync(file);
      file = -1;
    },
  };
}
