import type { CatalogChange, CatalogRecords, RecordType, Versioned } from './catalog-record.ts';
import type { SubjectKind } from '../events/event-actions.ts';
import type { Lifecycle } from './subject-record.ts';

/** Records of one {@link Catalog.upsert}, at most. */
export const UPSERT_BATCH_MAX = 10_000;

/** Records or changes of one page or one read, at most. */
export const CATALOG_PAGE_MAX = 10_000;

/**
 * What exists: users, subjects and the rules on who may see what, each with its history. The embedded one is
 * `embedded/open-catalog.ts`, the one in memory `memory-catalog.ts`; every implementation passes
 * `catalog-suite.fixture.ts`.
 *
 * Every change gets the next version of the whole catalog, so the catalog *as of a version* is well defined.
 */
export interface Catalog {
  /**
   * Writes records: new ones are created, others replaced. When the promise resolves, what was written is on the disk;
   * before that, nobody sees any of it. Each record has a result of its own: one that is refused changes nothing and
   * does not touch the others. A key that stands twice is written twice, in order.
   *
   * @throws {CatalogBatchTooLargeError} beyond {@link UPSERT_BATCH_MAX}; {@link CatalogEngineError}; {@link CatalogClosedError}
   */
  upsert(upserts: readonly CatalogUpsert[]): Promise<readonly UpsertResult[]>;

  /**
   * Records by key (see `recordKey`), in the order of the keys, null for those that are not there.
   *
   * @param options.atVersion The records as they were when the catalog had this version. @default the latest
   * @throws {CatalogHistoryDroppedError}
   */
  get<Type extends RecordType>(
    type: Type,
    keys: readonly string[],
    options?: { readonly atVersion?: number },
  ): Promise<readonly (Versioned<Type> | null)[]>;

  /** Records of a type in the order of their keys' UTF-8 bytes, those after a key: the last one of a page gives the next page. */
  list<Type extends RecordType>(type: Type, page: PageOptions): Promise<readonly Versioned<Type>[]>;

  /** Live subjects of a kind, paged as {@link Catalog.list}; `after` is a key (`kind:id`). Cost: that of the page, whatever is retired. */
  listLive(kind: SubjectKind, page: PageOptions): Promise<readonly Versioned<'subject'>[]>;

  /** Changes of one record, newest first. What {@link Catalog.dropHistory} took is not there. */
  history<Type extends RecordType>(type: Type, key: string, options: { readonly limit: number }): Promise<readonly Versioned<Type>[]>;

  /** Changes after a version in order of version. Fewer than `limit`: there are no more yet. To wait for more: `followChanges`. */
  changesSince(version: number, limit: number): Promise<readonly CatalogChange[]>;

  /** Version of the latest change; 0 where there is none. */
  version(): Promise<number>;

  /**
   * Forgets changes that were replaced at or before a version; the records themselves stay. Afterwards the catalog can be
   * read as of this version and later ones, and the feed from 0 still ends in the same catalog.
   *
   * @returns how many changes went
   */
  dropHistory(upToVersion: number): Promise<number>;

  statistics(): Promise<CatalogStatistics>;

  /** Lets go of the file. Further calls throw {@link CatalogClosedError}. */
  close(): Promise<void>;
}

/** One record to write. */
export type CatalogUpsert = { readonly [Type in RecordType]: UpsertOf<Type> }[RecordType];

/** A record of one type to write. */
export interface UpsertOf<Type extends RecordType> {
  readonly type: Type;
  /** Checked against the schema before it is written, whatever the compiler says. */
  readonly record: CatalogRecords[Type];
  /** Refuse unless the record's version is this one; 0: unless it is new. @default whatever it is */
  readonly expectedVersion?: number;
  /** Lets a retired subject go live again. @default false */
  readonly reinstate?: boolean;
}

/** What became of one record. */
export type UpsertResult =
  | {
      /** `unchanged`: the same content was there already; no version was made. */
      readonly outcome: 'created' | 'updated' | 'unchanged';
      readonly version: number;
    }
  | {
      readonly outcome: 'refused';
      readonly reason: UpsertRefusal;
      /** The field at fault, `tags[3]`; null where no single one is. */
      readonly field: string | null;
      readonly message: string;
    };

/** `invalid`: not of the schema; `version`: not the expected one; `lifecycle`: a way that is not open. */
export type UpsertRefusal = 'invalid' | 'version' | 'lifecycle';

/** A page of a listing. */
export interface PageOptions {
  /** Key of the last record of the page before. @default from the start */
  readonly after?: string;
  /** From 1 to {@link CATALOG_PAGE_MAX}; more is cut to it. */
  readonly limit: number;
}

/** What a catalog holds. */
export interface CatalogStatistics {
  readonly users: number;
  readonly ruleSets: number;
  readonly subjects: Readonly<Record<SubjectKind, Readonly<Record<Lifecycle, number>>>>;
  readonly version: number;
  /** Changes kept, those of records as they stand among them. */
  readonly changes: number;
  /** Oldest version that the catalog can be read as of. */
  readonly oldestVersion: number;
  /** On disk, or about that in memory. */
  readonly bytes: number;
}
