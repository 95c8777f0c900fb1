import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { Arrivals } from '../arrival.ts';
import { LogUnreadableError } from '../event-log-errors.ts';

/** Version of the tables. */
const LOG_VERSION = 1;

/** An open connection to a log's file. */
export type LogDatabase = Database.Database;

/**
 * `block` says what `block_data` holds, apart from it so that it is quick to go through. `segment` are sealed stretches of offsets
 * with their index in `id_page` and `user_page`, whose keys are `segment.id * PAGES_MAX + page`. `arrivals` has one row.
 */
const TABLES = `
  CREATE TABLE block (
    first_offset INTEGER PRIMARY KEY, events INTEGER NOT NULL, first_time_ms INTEGER NOT NULL, last_time_ms INTEGER NOT NULL,
    first_received_ms INTEGER NOT NULL, last_received_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE block_data (first_offset INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE segment (
    id INTEGER PRIMARY KEY, first_offset INTEGER NOT NULL, events INTEGER NOT NULL, page_bits INTEGER NOT NULL, id_filter BLOB NOT NULL
  ) STRICT;
  CREATE TABLE id_page (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE user_page (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE arrivals (
    id INTEGER PRIMARY KEY CHECK (id = 1), next_offset INTEGER NOT NULL, last_time_ms INTEGER, last_received_ms INTEGER,
    duplicates INTEGER NOT NULL, too_late INTEGER NOT NULL, in_future INTEGER NOT NULL, out_of_order INTEGER NOT NULL
  ) STRICT;
  INSERT INTO arrivals VALUES (1, 0, NULL, NULL, 0, 0, 0, 0);
`;

/** See {@link TABLES}. */
export const PAGES_MAX = 2 ** 20;

/** The log's file inside its folder. */
export function logFile(folder: string): string {
  return join(folder, 'events.sqlite');
}

/** Opens a log for writing, made where there is none. @throws {LogUnreadableError} */
export function openForWriting(folder: string, bytesMax: number | null): LogDatabase {
  return opened(folder, () => {
    const database = new Database(logFile(folder));
    // Before the first table: later it would need the whole file written anew.
    database.pragma('page_size = 8192');
    database.pragma('journal_mode = WAL');
    // FULL: a commit is on the disk when it returns, power loss included.
    database.pragma('synchronous = FULL');
    database.pragma('wal_autocheckpoint = 4096');
    database.pragma('journal_size_limit = 67108864');
    database.pragma('cache_size = -16384');
    database.pragma('busy_timeout = 10000');
    if (bytesMax !== null) database.pragma(`max_page_count = ${Math.max(16, Math.floor(bytesMax / 8192))}`);
    database
      .transaction(() => {
        if (database.pragma('user_version', { simple: true }) !== 0) return;
        database.exec(TABLES);
        database.pragma(`user_version = ${LOG_VERSION}`);
      })
      .immediate();
    checkVersion(folder, database);
    return database;
  });
}

/** Opens a log for reading. @throws {LogUnreadableError} */
export function openForReading(folder: string): LogDatabase {
  return opened(folder, () => {
    const database = new Database(logFile(folder), { readonly: true, fileMustExist: true });
    database.pragma('busy_timeout = 10000');
    database.pragma('cache_size = -16384');
    checkVersion(folder, database);
    return database;
  });
}

/** What a damaged file makes SQLite throw, as an error that names the log; any other error as it is. */
export function asUnreadable(folder: string, error: unknown): unknown {
  const isDamage = error instanceof Error && 'code' in error && /^SQLITE_(IOERR|CORRUPT|NOTADB|FORMAT|CANTOPEN)/.test(String(error.code));
  return isDamage ? new LogUnreadableError(folder, `${error.message}; its file is damaged, rebuild it from an export`, error) : error;
}

function checkVersion(folder: string, database: LogDatabase): void {
  const version = database.pragma('user_version', { simple: true });
  if (version === LOG_VERSION) return;
  database.close();
  throw new LogUnreadableError(
    folder,
    `it has version ${String(version)}, this program knows ${LOG_VERSION}; use the version that wrote it`,
  );
}

function opened(folder: string, open: () => LogDatabase): LogDatabase {
  try {
    return open();
  } catch (error) {
    const named = asUnreadable(folder, error);
    if (named instanceof LogUnreadableError) throw named;
    throw new LogUnreadableError(folder, error instanceof Error ? error.message : String(error), error);
  }
}

interface ArrivalsRow {
  readonly next_offset: number;
  readonly last_time_ms: number | null;
  readonly last_received_ms: number | null;
  readonly duplicates: number;
  readonly too_late: number;
  readonly in_future: number;
  readonly out_of_order: number;
}

/** Reads what the log remembers of all arrivals. */
export function readArrivals(database: LogDatabase): Arrivals {
  const row = database.prepare<[], ArrivalsRow>('SELECT * FROM arrivals').get()!;
  return {
    nextOffset: row.next_offset,
    lastTimeMs: row.last_time_ms ?? -Infinity,
    lastReceivedTimeMs: row.last_received_ms ?? -Infinity,
    duplicates: row.duplicates,
    tooLate: row.too_late,
    inFuture: row.in_future,
    outOfOrder: row.out_of_order,
  };
}
