import { FeatureStoreClosedError } from './feature-store-errors.ts';
import type { Checkpoint, FeatureStore, StoredDeclaration } from './feature-store.ts';
import { copyRecord, type RecordMemory } from './record-memory.ts';

interface StoredBytes {
  readonly memory: RecordMemory;
  readonly length: number;
}

interface ViewState {
  declaration: StoredDeclaration;
  checkpoint: Checkpoint;
  readonly records: Map<string, StoredBytes>;
}

/** A store that lasts as long as its process: for tests, and for features computed on the way through a log. */
export function createMemoryFeatureStore(): FeatureStore {
  const views = new Map<string, ViewState>();
  let closed = false;
  const check = () => {
    if (closed) throw new FeatureStoreClosedError();
  };
  return {
    async views() {
      check();
      return [...views].map(([fingerprint, { declaration, checkpoint }]) => ({ fingerprint, declaration, checkpoint }));
    },
    async read(fingerprint, keys, begin) {
      check();
      const view = views.get(fingerprint);
      if (view === undefined) return false;
      const visit = begin(view.checkpoint);
      for (let i = 0; i < keys.length; i++) {
        const stored = view.records.get(keys[i]!);
        if (stored !== undefined) visit(i, stored.memory, stored.length);
      }
      return true;
    },
    async commit(changes) {
      check();
      for (const { fingerprint, checkpoint, declaration, keys, bytes } of changes) {
        let view = views.get(fingerprint);
        if (view === undefined) {
          if (declaration === undefined) continue; // Dropped meanwhile.
          view = { declaration, checkpoint, records: new Map() };
          views.set(fingerprint, view);
        }
        view.checkpoint = checkpoint;
        for (let i = 0; i < keys.length; i++) view.records.set(keys[i]!, { memory: copyRecord(bytes[i]!), length: bytes[i]!.length });
      }
    },
    async sweep(fingerprint, { touchedBeforeMs, afterKey, keysMax }) {
      check();
      const records = views.get(fingerprint)?.records ?? new Map<string, StoredBytes>();
      const rest = [...records.keys()].sort().filter((key) => afterKey === null || key > afterKey);
      const looked = rest.slice(0, keysMax);
      const old = looked.filter((key) => records.get(key)!.memory.numbers[0]! < touchedBeforeMs);
      for (const key of old) records.delete(key);
      return { removed: old.length, lastKey: looked.length < rest.length ? looked.at(-1)! : null };
    },
    async drop(fingerprint) {
      check();
      views.delete(fingerprint);
    },
    async countRecords(fingerprint) {
      check();
      return views.get(fingerprint)?.records.size ?? 0;
    },
    async close() {
      closed = true;
    },
  };
}
