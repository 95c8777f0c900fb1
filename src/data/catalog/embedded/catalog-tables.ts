import type Database from 'better-sqlite3';

/** Number of the file's format, in SQLite's `user_version`. */
export const CATALOG_FORMAT = 1;

/** Marks the file as ours, in SQLite's `application_id`: "NiCa". */
export const CATALOG_APPLICATION_ID = 0x4e694361;

/**
 * `changes` is history and feed in one: every change whole, under its version, with the version of the record's change
 * before it. `heads` says which change is a record's latest. A record's key stands in both, its content once.
 * `lifecycle` is null for what is no subject; the partial index makes a page of live subjects cost a page.
 */
const TABLES = `
  create table changes (
    version integer primary key,
    type integer not null,
    key text not null,
    changed_ms integer not null,
    previous integer not null,
    body text not null
  ) strict;
  create table heads (
    type integer not null,
    key text not null,
    version integer not null,
    lifecycle text,
    primary key (type, key)
  ) strict, without rowid;
  create index live on heads (type, key) where lifecycle = 'live';
  create table marks (name text primary key, value integer not null) strict, without rowid;
  insert into marks values ('oldest-version', 0);
`;

/** Sets a connection up; a new file gets its tables. What the file is must have been looked at before. */
export function prepareDatabase(database: Database.Database, options: { readonly readOnly: boolean; readonly isNew: boolean }): void {
  database.pragma('cache_size = -65536');
  if (options.readOnly) return;
  database.pragma('journal_mode = wal');
  // Acknowledged means on the disk, after a power loss too.
  database.pragma('synchronous = full');
  database.pragma('journal_size_limit = 67108864');
  if (!options.isNew) return;
  database
    .transaction(() => {
      // Another process may have been first.
      if (database.pragma('user_version', { simple: true }) === CATALOG_FORMAT) return;
      database.exec(TABLES);
      database.pragma(`application_id = ${CATALOG_APPLICATION_ID}`);
      database.pragma(`user_version = ${CATALOG_FORMAT}`);
    })
    .immediate();
}
