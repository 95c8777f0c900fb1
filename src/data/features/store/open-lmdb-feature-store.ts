import { open, type Database, type RootDatabase } from 'lmdb';
import { FeatureKeyError, FeatureStoreClosedError } from './feature-store-errors.ts';
import {
  VIEW_STATUSES,
  type Checkpoint,
  type FeatureStore,
  type RecordVisitor,
  type StoredDeclaration,
  type StoredView,
  type ViewChange,
} from './feature-store.ts';
import { putChanges, readChanges, removeChanges } from './lmdb-changes.ts';
import { createRecordCache, type RecordCache } from './record-cache.ts';
import { copyRecord, type RecordMemory } from './record-memory.ts';

/** Views that one file holds at most, old versions among them. */
const VIEWS_MAX = 500;

/** LMDB's own bound on a key, less what its encoding adds. */
const KEY_BYTES_MAX = 1900;

/** How to open {@link openLmdbFeatureStore}. */
export interface LmdbFeatureStoreOptions {
  /** Open for reading alone; the store must be there. @default false */
  readonly readOnly?: boolean;
  /**
   * Records that this process holds after reading them, a view: what is hot is then read in 0.1 µs, not 1 to 3. Commits of
   * any process are seen all the same. For processes that serve; a stream has a cache of its own. @default 0
   */
  readonly cachedRecordsMax?: number;
}

/** A checkpoint, and how many commits its view has seen. */
interface CommittedCheckpoint extends Checkpoint {
  readonly commit: number;
}

/** What a process knows of one view. */
interface OpenView {
  readonly tree: Database<Buffer, string>;
  readonly cache: RecordCache | null;
  /** Commit that the cache is true of. */
  cachedCommit: number;
  /** Last commit that this process began. */
  begunCommit: number;
}

/**
 * Opens a store of features in a folder, embedded (LMDB): one tree a view. Reads go to the memory-mapped file, never wait
 * for a writer, and see one commit as a whole; commits run on a thread of their own and are flushed to the disk. Any
 * number of processes may have it open.
 *
 * @param path the folder; made where it is missing
 */
export function openLmdbFeatureStore(path: string, options: LmdbFeatureStoreOptions = {}): FeatureStore {
  const { readOnly = false, cachedRecordsMax = 0 } = options;
  const root: RootDatabase<Buffer, string> = open({ path, noSubdir: false, encoding: 'binary', maxDbs: VIEWS_MAX + 3, readOnly });
  const declarations: Database<StoredDeclaration, string> = root.openDB({ name: 'declarations', encoding: 'json' });
  const checkpoints: Database<Buffer, string> = root.openDB({ name: 'checkpoints', encoding: 'binary' });
  const changes: Database<Buffer, string> = root.openDB({ name: 'changes', encoding: 'binary' });
  const views = new Map<string, OpenView>();
  let shared: RecordMemory | null = null;
  let closed = false;

  function check(): void {
    if (closed) throw new FeatureStoreClosedError();
  }

  function viewOf(fingerprint: string): OpenView {
    let view = views.get(fingerprint);
    if (view === undefined) {
      const tree = root.openDB<Buffer, string>({ name: `view:${fingerprint}`, encoding: 'binary' });
      const cache = cachedRecordsMax > 0 ? createRecordCache(cachedRecordsMax) : null;
      view = { tree, cache, cachedCommit: -1, begunCommit: 0 };
      views.set(fingerprint, view);
    }
    return view;
  }

  function checkpointOf(fingerprint: string): CommittedCheckpoint | null {
    const bytes = checkpoints.getBinaryFast(fingerprint);
    return bytes === undefined ? null : decodeCheckpoint(bytes);
  }

  function write({ fingerprint, checkpoint, declaration, keys, bytes }: ViewChange): void {
    const view = viewOf(fingerprint);
    view.begunCommit = Math.max(view.begunCommit, checkpointOf(fingerprint)?.commit ?? 0) + 1;
    if (declaration !== undefined) void declarations.put(fingerprint, declaration);
    void checkpoints.put(fingerprint, encodeCheckpoint(checkpoint, view.begunCommit));
    putChanges(changes, fingerprint, view.begunCommit, keys);
    for (let i = 0; i < keys.length; i++) void view.tree.put(keys[i]!, bytes[i] as Buffer);
  }

  /** LMDB copies what it reads to one buffer of its own; views on it are made once. */
  function memoryOf(bytes: Buffer, length: number): RecordMemory {
    if (bytes.byteOffset !== 0) return copyRecord(new Uint8Array(bytes.buffer, bytes.byteOffset, length));
    if (shared === null || shared.numbers.buffer !== bytes.buffer) {
      const doubles = Math.floor(bytes.buffer.byteLength / 8);
      shared = { numbers: new Float64Array(bytes.buffer, 0, doubles), words: new Uint32Array(bytes.buffer, 0, doubles * 2), base: 0 };
    }
    return length > shared.numbers.length * 8 ? copyRecord(new Uint8Array(bytes.buffer, 0, length)) : shared;
  }

  function readCached(view: OpenView, cache: RecordCache, keys: readonly string[], visit: RecordVisitor): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      let record = cache.find(key);
      if (record === null) {
        const bytes = view.tree.getBinaryFast(key);
        record = bytes === undefined ? cache.put(key, null, 0) : cache.put(key, memoryOf(bytes, bytes.length), bytes.length);
      }
      if (record.length > 0) visit(i, record, record.length);
    }
  }

  return {
    async views(): Promise<StoredView[]> {
      check();
      const found: StoredView[] = [];
      for (const { key, value } of declarations.getRange()) {
        const stored = checkpointOf(key);
        if (stored === null) continue;
        const { commit: _, ...checkpoint } = stored;
        found.push({ fingerprint: key, declaration: value, checkpoint });
      }
      return found;
    },
    async read(fingerprint, keys, begin) {
      check();
      // All reads of one turn of the event loop share one snapshot of LMDB.
      const checkpoint = checkpointOf(fingerprint);
      if (checkpoint === null) return false;
      const visit = begin(checkpoint);
      const view = viewOf(fingerprint);
      const { tree, cache } = view;
      if (cache === null) {
        for (let i = 0; i < keys.length; i++) {
          const bytes = tree.getBinaryFast(keys[i]!);
          if (bytes !== undefined) visit(i, memoryOf(bytes, bytes.length), bytes.length);
        }
        return true;
      }
      if (view.cachedCommit !== checkpoint.commit) {
        if (!readChanges(changes, fingerprint, view.cachedCommit, checkpoint.commit, (hash) => cache.forget(hash))) cache.clear();
        view.cachedCommit = checkpoint.commit;
      }
      readCached(view, cache, keys, visit);
      return true;
    },
    async commit(given) {
      check();
      for (const { keys } of given) {
        for (const key of keys) {
          if (key.length * 3 > KEY_BYTES_MAX && Buffer.byteLength(key) > KEY_BYTES_MAX) throw new FeatureKeyError(key, KEY_BYTES_MAX);
        }
      }
      // A view that was dropped meanwhile has no declaration, and gets no checkpoint without one.
      const known = given.filter(({ fingerprint, declaration }) => declaration !== undefined || declarations.doesExist(fingerprint));
      for (const { fingerprint } of known) viewOf(fingerprint);
      await root.batch(() => known.forEach(write));
    },
    async sweep(fingerprint, { touchedBeforeMs, afterKey, keysMax }) {
      check();
      if (checkpointOf(fingerprint) === null) return { removed: 0, lastKey: null };
      const { tree } = viewOf(fingerprint);
      // Readers may hold what goes: it expired, and reads as absent whether it is there or not.
      return await tree.transaction(() => {
        let looked = 0;
        let lastKey: string | null = null;
        const old: string[] = [];
        const range = afterKey === null ? {} : { start: afterKey, exclusiveStart: true };
        for (const { key, value } of tree.getRange({ ...range, limit: keysMax })) {
          looked++;
          lastKey = key;
          if (value.readDoubleLE(0) < touchedBeforeMs) old.push(key);
        }
        for (const key of old) tree.removeSync(key);
        return { removed: old.length, lastKey: looked < keysMax ? null : lastKey };
      });
    },
    async drop(fingerprint) {
      check();
      if (!declarations.doesExist(fingerprint)) return;
      const { tree } = viewOf(fingerprint);
      views.delete(fingerprint);
      await root.batch(() => {
        void declarations.remove(fingerprint);
        void checkpoints.remove(fingerprint);
        removeChanges(changes, fingerprint);
      });
      await tree.drop();
    },
    async countRecords(fingerprint) {
      check();
      if (checkpointOf(fingerprint) === null) return 0;
      return (viewOf(fingerprint).tree.getStats() as { entryCount: number }).entryCount;
    },
    async close() {
      if (closed) return;
      closed = true;
      await root.close();
    },
  };
}

function encodeCheckpoint({ status, nextOffset, receivedTimeMs, events, late }: Checkpoint, commit: number): Buffer {
  const bytes = Buffer.alloc(48);
  const numbers = [VIEW_STATUSES.indexOf(status), nextOffset, receivedTimeMs, events, late, commit];
  numbers.forEach((number, at) => bytes.writeDoubleLE(number, at * 8));
  return bytes;
}

function decodeCheckpoint(bytes: Buffer): CommittedCheckpoint {
  return {
    status: VIEW_STATUSES[bytes.readDoubleLE(0)]!,
    nextOffset: bytes.readDoubleLE(8),
    receivedTimeMs: bytes.readDoubleLE(16),
    events: bytes.readDoubleLE(24),
    late: bytes.readDoubleLE(32),
    commit: bytes.readDoubleLE(40),
  };
}
