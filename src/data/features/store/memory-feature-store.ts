import { FeatureStoreClosedError } from './feature-store-errors.ts';
import { touchedMsOf, type Checkpoint, type FeatureStore, type StoredDeclaration } from './feature-store.ts';

interface ViewState {
  declaration: StoredDeclaration;
  checkpoint: Checkpoint;
  readonly records: Map<string, Uint8Array>;
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
        const bytes = view.records.get(keys[i]!);
        if (bytes !== undefined) visit(i, bytes, bytes.length);
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
        for (let i = 0; i < keys.length; i++) view.records.set(keys[i]!, Uint8Array.from(bytes[i]!));
      }
    },
    async sweep(fingerprint, { touchedBeforeMs, afterKey, keysMax }) {
      check();
      const records = views.get(fingerprint)?.records ?? new Map<string, Uint8Array>();
      const rest = [...records.keys()].sort().filter((key) => afterKey === null || key > afterKey);
      const looked = rest.slice(0, keysMax);
      const old = looked.filter((key) => touchedMsOf(records.get(key)!) < touchedBeforeMs);
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
