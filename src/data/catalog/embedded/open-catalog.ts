import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../../base/clock.ts';
import { makeFolders } from '../../../base/make-folders.ts';
import {
  CatalogBatchTooLargeError,
  CatalogClosedError,
  CatalogEngineError,
  CatalogHistoryDroppedError,
  CatalogOpenError,
  CatalogReadOnlyError,
} from '../catalog-errors.ts';
import { UPSERT_BATCH_MAX } from '../catalog.ts';
import type { Catalog, UpsertResult } from '../catalog.ts';
import { RECORD_TYPES } from '../catalog-record.ts';
import type { RecordType, Versioned } from '../catalog-record.ts';
import { noSubjects } from '../no-subjects.ts';
import { pageLimit } from '../page-limit.ts';
import { checkUpsert } from '../plan-upsert.ts';
import type { Lifecycle } from '../subject-record.ts';
import { CATALOG_APPLICATION_ID, CATALOG_FORMAT, prepareDatabase } from './catalog-tables.ts';
import { prepareStatements, toChange } from './catalog-statements.ts';
import type { ChangeRow } from './catalog-statements.ts';
import { writeBatch } from './write-batch.ts';

/** Where a catalog lies and how it is opened. */
export interface OpenCatalogOptions {
  /** A file; SQLite keeps two more beside it (`-wal`, `-shm`). Made, with its folder, unless `readOnly`. */
  readonly file: string;
  /** Says when a record was written. */
  readonly clock: Clock;
  /** For the processes that only read. @default false */
  readonly readOnly?: boolean;
}

/**
 * Opens a catalog in one file, kept by SQLite in write-ahead mode: many processes may read while one writes, each read
 * sees whole batches only. A second writing process waits for the first one's batch and is correct, but not faster.
 *
 * A batch is one transaction, flushed before it is acknowledged. Calls run on the calling thread: a read of one record
 * takes some microseconds, a batch of 10,000 some tens of milliseconds.
 *
 * @throws {CatalogOpenError} where the file is missing (`readOnly`), is no catalog, or one of another format
 */
export async function openCatalog({ file, clock, readOnly = false }: OpenCatalogOptions): Promise<Catalog> {
  if (!readOnly) await makeFolders(dirname(file));
  const database = openDatabase(file, readOnly);
  const statements = prepareStatements(database, readOnly);
  let closed = false;

  /** Runs against one state of the file, and gives the engine's failures a name. */
  function reading<Result>(read: () => Result): Result {
    if (closed) throw new CatalogClosedError();
    return named(file, () => database.transaction(read)());
  }

  function requireWritable(): void {
    if (closed) throw new CatalogClosedError();
    if (readOnly) throw new CatalogReadOnlyError(file);
  }

  function stateAt(row: ChangeRow | undefined, atVersion: number): ChangeRow | undefined {
    while (row !== undefined && row.version > atVersion) row = row.previous === 0 ? undefined : statements.change.get(row.previous);
    return row;
  }

  return {
    async upsert(upserts) {
      requireWritable();
      if (upserts.length > UPSERT_BATCH_MAX) throw new CatalogBatchTooLargeError(upserts.length, UPSERT_BATCH_MAX);
      const checked = upserts.map(checkUpsert);
      if (checked.every((one) => 'outcome' in one)) return checked as readonly UpsertResult[];
      return named(file, () => writeBatch(database, statements, checked, clock.nowMs()));
    },
    async get<Type extends RecordType>(type: Type, keys: readonly string[], { atVersion }: { readonly atVersion?: number } = {}) {
      return reading(() => {
        const oldest = atVersion === undefined ? 0 : statements.oldestVersion.get()!;
        if (atVersion !== undefined && atVersion < oldest) throw new CatalogHistoryDroppedError(atVersion, oldest);
        return keys.map((key) => {
          const row = stateAt(statements.head.get(RECORD_TYPES.indexOf(type), key), atVersion ?? Infinity);
          return row === undefined ? null : toChange<Type>(row);
        });
      });
    },
    async list<Type extends RecordType>(type: Type, { after, limit }: { readonly after?: string; readonly limit: number }) {
      return reading(() => statements.list.all(RECORD_TYPES.indexOf(type), after ?? '', pageLimit(limit)).map(toChange<Type>));
    },
    async listLive(kind, { after, limit }) {
      // The keys of a kind stand between `kind:` and `kind;`, the next character.
      const start = after !== undefined && after > `${kind}:` ? after : `${kind}:`;
      return reading(() =>
        statements.listLive.all(RECORD_TYPES.indexOf('subject'), start, `${kind};`, pageLimit(limit)).map(toChange<'subject'>),
      );
    },
    async history<Type extends RecordType>(type: Type, key: string, { limit }: { readonly limit: number }) {
      return reading(() => {
        const changes: Versioned<Type>[] = [];
        let row = statements.head.get(RECORD_TYPES.indexOf(type), key);
        for (const limitNow = pageLimit(limit); row !== undefined && changes.length < limitNow;) {
          changes.push(toChange<Type>(row));
          row = row.previous === 0 ? undefined : statements.change.get(row.previous);
        }
        return changes;
      });
    },
    async changesSince(version, limit) {
      return reading(() => statements.changesSince.all(version, pageLimit(limit)).map((row) => toChange(row)));
    },
    async version() {
      return reading(() => statements.latestVersion.get()!);
    },
    async dropHistory(upToVersion) {
      requireWritable();
      return named(file, () =>
        database
          .transaction(() => {
            const upTo = Math.min(upToVersion, statements.latestVersion.get()!);
            if (upTo <= statements.oldestVersion.get()!) return 0;
            statements.setOldestVersion!.run(upTo);
            return statements.dropReplaced!.run(upTo).changes;
          })
          .immediate(),
      );
    },
    async statistics() {
      return reading(() => {
        const subjects = noSubjects();
        let users = 0;
        let ruleSets = 0;
        for (const { type, kind, lifecycle, records } of statements.counts.all()) {
          if (RECORD_TYPES[type] === 'user') users = records;
          else if (RECORD_TYPES[type] === 'rule-set') ruleSets = records;
          else subjects[kind as keyof typeof subjects][lifecycle as Lifecycle] = records;
        }
        return {
          users,
          ruleSets,
          subjects,
          version: statements.latestVersion.get()!,
          changes: statements.changeCount.get()!,
          oldestVersion: statements.oldestVersion.get()!,
          bytes: Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true })),
        };
      });
    },
    async close() {
      if (!closed) database.close();
      closed = true;
    },
  };
}

function openDatabase(file: string, readOnly: boolean): Database.Database {
  if (readOnly && statSync(file, { throwIfNoEntry: false }) === undefined) throw new CatalogOpenError(file, 'there is no such file');
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: readOnly });
    const isNew = isEmpty(database);
    if (!isNew || readOnly) refuseForeign(database, file);
    prepareDatabase(database, { readOnly, isNew });
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof CatalogOpenError) throw error;
    throw new CatalogOpenError(file, error instanceof Error ? error.message : String(error), error);
  }
}

/** A file just made, by us or by a process that was killed before it made the tables. */
function isEmpty(database: Database.Database): boolean {
  // Another process's write or recovery is waited for; it takes as long as a batch.
  database.pragma('busy_timeout = 10000');
  const isMarked = database.pragma('application_id', { simple: true }) !== 0 || database.pragma('user_version', { simple: true }) !== 0;
  return !isMarked && database.prepare('select count(*) from sqlite_master').pluck().get() === 0;
}

function refuseForeign(database: Database.Database, file: string): void {
  if (database.pragma('application_id', { simple: true }) !== CATALOG_APPLICATION_ID) {
    throw new CatalogOpenError(file, 'it is not a catalog');
  }
  const found = database.pragma('user_version', { simple: true });
  if (found !== CATALOG_FORMAT) {
    throw new CatalogOpenError(file, `it has format ${String(found)}, this program reads ${CATALOG_FORMAT}; load it again from its source`);
  }
}

function named<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new CatalogEngineError(file, `${error.message} (${error.code})`, error);
  }
}
