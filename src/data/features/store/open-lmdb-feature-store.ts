import { open, type Database, type RootDatabase } from 'lmdb';
import { FeatureKeyError, FeatureStoreClosedError } from './feature-store-errors.ts';
import {
  touchedMsOf,
  VIEW_STATUSES,
  type Checkpoint,
  type FeatureStore,
  type StoredDeclaration,
  type StoredView,
  type ViewChange,
} from './feature-store.ts';

/** Views that one file holds at most, old versions among them. */
const VIEWS_MAX = 500;

/** LMDB's own bound on a key, less what its encoding adds. */
const KEY_BYTES_MAX = 1900;

/**
 * Opens a store of features in a folder, embedded (LMDB): one tree a view. Reads go to the memory-mapped file without a
 * copy but of the record itself (1 to 2 µs each), never wait for a writer, and see one commit as a whole; commits run on
 * a thread of their own and are flushed to the disk. Any number of processes may have it open.
 *
 * @param path the folder; made where it is missing
 */
export function openLmdbFeatureStore(path: string, options: { readonly readOnly?: boolean } = {}): FeatureStore {
  const root: RootDatabase<Buffer, string> = open({
    path,
    noSubdir: false,
    encoding: 'binary',
    maxDbs: VIEWS_MAX + 2,
    readOnly: options.readOnly ?? false,
  });
  const declarations: Database<StoredDeclaration, string> = root.openDB({ name: 'declarations', encoding: 'json' });
  const checkpoints: Database<Buffer, string> = root.openDB({ name: 'checkpoints', encoding: 'binary' });
  const trees = new Map<string, Database<Buffer, string>>();
  let closed = false;

  function check(): void {
    if (closed) throw new FeatureStoreClosedError();
  }

  function treeOf(fingerprint: string): Database<Buffer, string> {
    let tree = trees.get(fingerprint);
    if (tree === undefined) {
      tree = root.openDB<Buffer, string>({ name: `view:${fingerprint}`, encoding: 'binary' });
      trees.set(fingerprint, tree);
    }
    return tree;
  }

  function checkpointOf(fingerprint: string): Checkpoint | null {
    const bytes = checkpoints.getBinaryFast(fingerprint);
    return bytes === undefined ? null : decodeCheckpoint(bytes);
  }

  function write({ fingerprint, checkpoint, declaration, keys, bytes }: ViewChange): void {
    if (declaration !== undefined) void declarations.put(fingerprint, declaration);
    void checkpoints.put(fingerprint, encodeCheckpoint(checkpoint));
    const tree = treeOf(fingerprint);
    for (let i = 0; i < keys.length; i++) void tree.put(keys[i]!, bytes[i] as Buffer);
  }

  return {
    async views(): Promise<StoredView[]> {
      check();
      const found: StoredView[] = [];
      for (const { key, value } of declarations.getRange()) {
        const checkpoint = checkpointOf(key);
        if (checkpoint !== null) found.push({ fingerprint: key, declaration: value, checkpoint });
      }
      return found;
    },
    async read(fingerprint, keys, begin) {
      check();
      // All reads of one turn of the event loop share one snapshot of LMDB.
      const checkpoint = checkpointOf(fingerprint);
      if (checkpoint === null) return false;
      const visit = begin(checkpoint);
      const tree = treeOf(fingerprint);
      for (let i = 0; i < keys.length; i++) {
        const bytes = tree.getBinaryFast(keys[i]!);
        if (bytes !== undefined) visit(i, bytes, bytes.length); // LMDB's own buffer: only `length` is the record's.
      }
      return true;
    },
    async commit(changes) {
      check();
      for (const { keys } of changes) {
        for (const key of keys) {
          if (key.length * 3 > KEY_BYTES_MAX && Buffer.byteLength(key) > KEY_BYTES_MAX) throw new FeatureKeyError(key, KEY_BYTES_MAX);
        }
      }
      // A view that was dropped meanwhile has no declaration, and gets no checkpoint without one.
      const known = changes.filter(({ fingerprint, declaration }) => declaration !== undefined || declarations.doesExist(fingerprint));
      for (const { fingerprint } of known) treeOf(fingerprint);
      await root.batch(() => known.forEach(write));
    },
    async sweep(fingerprint, { touchedBeforeMs, afterKey, keysMax }) {
      check();
      if (checkpointOf(fingerprint) === null) return { removed: 0, lastKey: null };
      const tree = treeOf(fingerprint);
      return await tree.transaction(() => {
        let looked = 0;
        let lastKey: string | null = null;
        const old: string[] = [];
        const range = afterKey === null ? {} : { start: afterKey, exclusiveStart: true };
        for (const { key, value } of tree.getRange({ ...range, limit: keysMax })) {
          looked++;
          lastKey = key;
          if (touchedMsOf(value) < touchedBeforeMs) old.push(key);
        }
        for (const key of old) tree.removeSync(key);
        return { removed: old.length, lastKey: looked < keysMax ? null : lastKey };
      });
    },
    async drop(fingerprint) {
      check();
      if (!declarations.doesExist(fingerprint)) return;
      const tree = treeOf(fingerprint);
      trees.delete(fingerprint);
      await root.batch(() => {
        void declarations.remove(fingerprint);
        void checkpoints.remove(fingerprint);
      });
      await tree.drop();
    },
    async countRecords(fingerprint) {
      check();
      if (checkpointOf(fingerprint) === null) return 0;
      return (treeOf(fingerprint).getStats() as { entryCount: number }).entryCount;
    },
    async close() {
      if (closed) return;
      closed = true;
      await root.close();
    },
  };
}

function encodeCheckpoint({ status, nextOffset, receivedTimeMs, events, late }: Checkpoint): Buffer {
  const bytes = Buffer.alloc(40);
  [VIEW_STATUSES.indexOf(status), nextOffset, receivedTimeMs, events, late].forEach((number, at) => bytes.writeDoubleLE(number, at * 8));
  return bytes;
}

function decodeCheckpoint(bytes: Buffer): Checkpoint {
  return {
    status: VIEW_STATUSES[bytes.readDoubleLE(0)]!,
    nextOffset: bytes.readDoubleLE(8),
    receivedTimeMs: bytes.readDoubleLE(16),
    events: bytes.readDoubleLE(24),
    late: bytes.readDoubleLE(32),
  };
}
