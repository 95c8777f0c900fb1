import type { Clock } from '../../base/clock.ts';
import { CatalogBatchTooLargeError, CatalogClosedError, CatalogHistoryDroppedError } from './catalog-errors.ts';
import { UPSERT_BATCH_MAX } from './catalog.ts';
import type { Catalog, CatalogStatistics } from './catalog.ts';
import { RECORD_TYPES } from './catalog-record.ts';
import type { CatalogChange, RecordType, Versioned } from './catalog-record.ts';
import { noSubjects } from './no-subjects.ts';
import { pageLimit } from './page-limit.ts';
import { checkUpsert, planUpsert } from './plan-upsert.ts';

interface Row {
  readonly change: CatalogChange;
  readonly text: string;
  /** The record's change before this one; forgotten with its history. */
  previous: Row | null;
}

/**
 * A catalog in memory, for tests, for the world and for whoever has another place of record. Nothing of it outlives the
 * process. Records given back are the stored ones, not copies.
 */
export function createMemoryCatalog(options: { readonly clock: Clock }): Catalog {
  const heads: Record<RecordType, Map<string, Row>> = { user: new Map(), subject: new Map(), 'rule-set': new Map() };
  const sortedKeys: Record<RecordType, readonly string[] | null> = { user: null, subject: null, 'rule-set': null };
  let log: Row[] = [];
  let version = 0;
  let oldestVersion = 0;
  let closed = false;

  function keysOf(type: RecordType): readonly string[] {
    return (sortedKeys[type] ??= [...heads[type].keys()].toSorted(compareBytes));
  }

  function page<Type extends RecordType>(type: Type, after: string | undefined, limit: number, wanted: (row: Row) => boolean) {
    const found: Versioned<Type>[] = [];
    const keys = keysOf(type);
    for (let at = after === undefined ? 0 : firstAfter(keys, after); at < keys.length && found.length < limit; at++) {
      const row = heads[type].get(keys[at]!)!;
      if (wanted(row)) found.push(row.change as unknown as Versioned<Type>);
    }
    return found;
  }

  function whileOpen(): void {
    if (closed) throw new CatalogClosedError();
  }

  return {
    async upsert(upserts) {
      whileOpen();
      if (upserts.length > UPSERT_BATCH_MAX) throw new CatalogBatchTooLargeError(upserts.length, UPSERT_BATCH_MAX);
      const changedMs = options.clock.nowMs();
      return upserts.map((upsert) => {
        const checked = checkUpsert(upsert);
        if ('outcome' in checked) return checked;
        const { type, key, record, text } = checked;
        const head = heads[type].get(key) ?? null;
        const plan = planUpsert(checked, head === null ? null : { version: head.change.version, text: head.text });
        if (plan !== 'write') return plan;
        version++;
        const row = { change: { type, key, version, changedMs, record } as CatalogChange, text, previous: head };
        log.push(row);
        heads[type].set(key, row);
        if (head === null) sortedKeys[type] = null;
        return { outcome: head === null ? 'created' : 'updated', version };
      });
    },
    async get<Type extends RecordType>(type: Type, keys: readonly string[], { atVersion }: { readonly atVersion?: number } = {}) {
      whileOpen();
      if (atVersion !== undefined && atVersion < oldestVersion) throw new CatalogHistoryDroppedError(atVersion, oldestVersion);
      return keys.map((key) => {
        let row = heads[type].get(key) ?? null;
        while (row !== null && atVersion !== undefined && row.change.version > atVersion) row = row.previous;
        return (row?.change ?? null) as Versioned<Type> | null;
      });
    },
    async list(type, { after, limit }) {
      whileOpen();
      return page(type, after, pageLimit(limit), () => true);
    },
    async listLive(kind, { after, limit }) {
      whileOpen();
      return page('subject', after, pageLimit(limit), ({ change }) => {
        return change.type === 'subject' && change.record.kind === kind && change.record.lifecycle === 'live';
      });
    },
    async history<Type extends RecordType>(type: Type, key: string, { limit }: { readonly limit: number }) {
      whileOpen();
      const changes: Versioned<Type>[] = [];
      let row = heads[type].get(key) ?? null;
      for (const limitNow = pageLimit(limit); row !== null && changes.length < limitNow; row = row.previous) {
        changes.push(row.change as unknown as Versioned<Type>);
      }
      return changes;
    },
    async changesSince(since, limit) {
      whileOpen();
      const start = firstWhere(log.length, (at) => log[at]!.change.version > since);
      return log.slice(start, start + pageLimit(limit)).map(({ change }) => change);
    },
    async version() {
      whileOpen();
      return version;
    },
    async dropHistory(upToVersion) {
      whileOpen();
      oldestVersion = Math.max(oldestVersion, Math.min(version, upToVersion));
      const replaced = new Set<Row>();
      for (const row of log) {
        if (row.previous === null || row.change.version > oldestVersion) continue;
        replaced.add(row.previous);
        row.previous = null;
      }
      log = log.filter((row) => !replaced.has(row));
      return replaced.size;
    },
    async statistics() {
      whileOpen();
      const subjects = noSubjects();
      for (const { change } of heads.subject.values()) {
        if (change.type === 'subject') subjects[change.record.kind][change.record.lifecycle]++;
      }
      const bytes = log.reduce((sum, { text }) => sum + text.length * 2, 0);
      const statistics: CatalogStatistics = {
        users: heads.user.size,
        ruleSets: heads['rule-set'].size,
        subjects,
        version,
        changes: log.length,
        oldestVersion,
        bytes,
      };
      return statistics;
    },
    async close() {
      closed = true;
      for (const type of RECORD_TYPES) heads[type].clear();
      log = [];
    },
  };
}

/** Index of the first key after another, in a list in order of bytes. */
function firstAfter(keys: readonly string[], after: string): number {
  return firstWhere(keys.length, (at) => compareBytes(keys[at]!, after) > 0);
}

/** The first index where a condition holds that, once it holds, goes on holding; `count` where it never does. */
function firstWhere(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high;) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The order of SQLite's texts, which differs from that of UTF-16 beyond the basic plane. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
