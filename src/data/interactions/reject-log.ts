import { closeSync, openSync, writeSync } from 'node:fs';
import { RowRejectedError } from './import-errors.ts';
import type { RejectReason } from './reject-reason.ts';

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
