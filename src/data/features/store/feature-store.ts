import type { FeatureView } from '../feature-declaration.ts';
import type { RecordMemory } from './record-memory.ts';

/**
 * Where engine A keeps its state: packed records by view and key, and for each view how far of the log they tell of.
 * Knows nothing of what is inside a record. Embedded: `open-lmdb-feature-store.ts`; every implementation passes
 * `feature-store-suite.fixture.ts`. All calls take many keys at once, so that one over a network costs one round trip.
 *
 * One process writes a view at a time; any number read.
 */
export interface FeatureStore {
  /** Every view that has state here, however far it is. */
  views(): Promise<readonly StoredView[]>;

  /**
   * Hands over the records of keys that have one, all as of one commit: `begin` gets that commit's checkpoint and gives
   * the visitor, which gets the key's index and memory that is only valid during its call. False, and `begin` is not
   * called, where the view has no state here.
   */
  read(fingerprint: string, keys: readonly string[], begin: (checkpoint: Checkpoint) => RecordVisitor): Promise<boolean>;

  /** Makes all changes at once: after a kill at any moment, and to every reader, either all are there or none. Resolves when they are to be seen. */
  commit(changes: readonly ViewChange[]): Promise<void>;

  /**
   * Removes records untouched since before a time, looking at `keysMax` of them in order of key. Bounded work a call;
   * a record that is written meanwhile stays.
   */
  sweep(fingerprint: string, options: SweepOptions): Promise<SweepResult>;

  /** Forgets a view: its records, its checkpoint, its declaration. No error where it is not there. */
  drop(fingerprint: string): Promise<void>;

  /** Records of a view, expired ones not yet swept among them. Cost: O(1). */
  countRecords(fingerprint: string): Promise<number>;

  /** Waits for commits under way. Further calls throw {@link FeatureStoreClosedError}. */
  close(): Promise<void>;
}

/** Gets one record that a read found: where it lies, and its length in bytes. */
export type RecordVisitor = (index: number, memory: RecordMemory, length: number) => void;

/** A view as the store knows it. */
export interface StoredView {
  readonly fingerprint: string;
  readonly declaration: StoredDeclaration;
  readonly checkpoint: Checkpoint;
}

/** What it takes to understand a view's records; never changes under one fingerprint. */
export interface StoredDeclaration {
  readonly view: FeatureView;
  readonly allowedLatenessMs: number;
  /** Records untouched for longer read as absent; null: never. */
  readonly timeToLiveMs: number | null;
}

/**
 * `building`: being backfilled; not to be read. `ready`: built; the stream takes it over. `active`: the view of its name
 * that is kept up to date and read. `retired`: another took its place; to be dropped.
 */
export const VIEW_STATUSES = ['building', 'ready', 'active', 'retired'] as const;

/** One of the {@link VIEW_STATUSES}. */
export type ViewStatus = (typeof VIEW_STATUSES)[number];

/** How far of the log a view's records tell of. */
export interface Checkpoint {
  readonly status: ViewStatus;
  /** Every event with a lower offset is in, none from here on. */
  readonly nextOffset: number;
  /** Received time of the last event that is in; -Infinity where there is none. */
  readonly receivedTimeMs: number;
  /** Events read so far, whether they counted or not. */
  readonly events: number;
  /** How often an event came too late for a sealed pane of a feature. */
  readonly late: number;
}

/** Changes of one view. */
export interface ViewChange {
  readonly fingerprint: string;
  readonly checkpoint: Checkpoint;
  /** Only with a view's first commit. */
  readonly declaration?: StoredDeclaration;
  /** Records to write: `bytes[i]` under `keys[i]`. Must not be changed until the commit resolves. */
  readonly keys: readonly string[];
  readonly bytes: readonly Uint8Array[];
}

/** What to sweep. */
export interface SweepOptions {
  readonly touchedBeforeMs: number;
  /** Where the last call ended; null: begin. */
  readonly afterKey: string | null;
  readonly keysMax: number;
}

/** What was swept. */
export interface SweepResult {
  readonly removed: number;
  /** To go on from; null where the end was reached. */
  readonly lastKey: string | null;
}
