import type Database from 'better-sqlite3';
import { RECORD_TYPES } from '../catalog-record.ts';
import type { CatalogChange, RecordType, Versioned } from '../catalog-record.ts';

/** A row of `changes`. */
export interface ChangeRow {
  readonly version: number;
  readonly type: number;
  readonly key: string;
  readonly changed_ms: number;
  readonly previous: number;
  readonly body: string;
}

const COLUMNS = 'changes.version, changes.type, changes.key, changes.changed_ms, changes.previous, changes.body';

/** A count of records by type, kind of subject and lifecycle. */
export interface CountRow {
  readonly type: number;
  readonly kind: string | null;
  readonly lifecycle: string | null;
  readonly records: number;
}

/** The statements of an open catalog; those that write are missing where it was opened to read. */
export interface Statements extends Partial<WriteStatements> {
  readonly headVersion: Database.Statement<[number, string], number>;
  readonly change: Database.Statement<[number], ChangeRow>;
  readonly changesSince: Database.Statement<[number, number], ChangeRow>;
  readonly list: Database.Statement<[number, string, number], ChangeRow>;
  readonly listLive: Database.Statement<[number, string, string, number], ChangeRow>;
  readonly latestVersion: Database.Statement<[], number>;
  readonly oldestVersion: Database.Statement<[], number>;
  readonly counts: Database.Statement<[], CountRow>;
  readonly changeCount: Database.Statement<[], number>;
}

interface WriteStatements {
  readonly insertChange: Database.Statement<[number, number, string, number, number, string]>;
  readonly insertHead: Database.Statement<[number, string, number, string | null]>;
  readonly updateHead: Database.Statement<[number, string | null, number, string]>;
  readonly dropReplaced: Database.Statement<[number]>;
  readonly setOldestVersion: Database.Statement<[number]>;
}

/** Prepares them, once. */
export function prepareStatements(database: Database.Database, readOnly: boolean): Statements {
  return {
    headVersion: database.prepare<[number, string], number>('select version from heads where type = ? and key = ?').pluck(),
    change: database.prepare<[number], ChangeRow>(`select ${COLUMNS} from changes where version = ?`),
    changesSince: database.prepare<[number, number], ChangeRow>(
      `select ${COLUMNS} from changes where version > ? order by version limit ?`,
    ),
    list: database.prepare<[number, string, number], ChangeRow>(
      `select ${COLUMNS} from heads join changes on changes.version = heads.version
       where heads.type = ? and heads.key > ? order by heads.key limit ?`,
    ),
    listLive: database.prepare<[number, string, string, number], ChangeRow>(
      `select ${COLUMNS} from heads indexed by live join changes on changes.version = heads.version
       where heads.lifecycle = 'live' and heads.type = ? and heads.key > ? and heads.key < ? order by heads.key limit ?`,
    ),
    latestVersion: database.prepare<[], number>('select coalesce(max(version), 0) from changes').pluck(),
    oldestVersion: database.prepare<[], number>(`select value from marks where name = 'oldest-version'`).pluck(),
    counts: database.prepare<[], CountRow>(
      `select type, case when lifecycle is null then null else substr(key, 1, instr(key, ':') - 1) end as kind, lifecycle, count(*) as records
       from heads group by 1, 2, 3`,
    ),
    changeCount: database.prepare<[], number>('select count(*) from changes').pluck(),
    ...(readOnly ? null : prepareWrites(database)),
  };
}

function prepareWrites(database: Database.Database): WriteStatements {
  return {
    insertChange: database.prepare<[number, number, string, number, number, string]>('insert into changes values (?, ?, ?, ?, ?, ?)'),
    insertHead: database.prepare<[number, string, number, string | null]>('insert into heads values (?, ?, ?, ?)'),
    updateHead: database.prepare<[number, string | null, number, string]>(
      'update heads set version = ?, lifecycle = ? where type = ? and key = ?',
    ),
    dropReplaced: database.prepare<[number]>(
      'delete from changes where version in (select previous from changes where version <= ? and previous > 0)',
    ),
    setOldestVersion: database.prepare<[number]>(`update marks set value = ? where name = 'oldest-version'`),
  };
}

/**
 * The latest change of a record.
 *
 * Two statements: the join of both by key took 15 µs where these take 4.
 */
export function headOf(statements: Statements, type: RecordType, key: string): ChangeRow | undefined {
  const version = statements.headVersion.get(RECORD_TYPES.indexOf(type), key);
  return version === undefined ? undefined : statements.change.get(version);
}

/** A change as the interface tells it. */
export function toChange<Type extends RecordType>(row: ChangeRow): Versioned<Type> & CatalogChange {
  return {
    type: RECORD_TYPES[row.type]!,
    key: row.key,
    version: row.version,
    changedMs: row.changed_ms,
    record: JSON.parse(row.body) as unknown,
  } as Versioned<Type> & CatalogChange;
}
