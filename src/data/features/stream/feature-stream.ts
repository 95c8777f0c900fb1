import type { Logger } from '../../../base/logger.ts';
import type { EventBatch } from '../../events/event-log.ts';
import type { FeatureView } from '../feature-declaration.ts';
import { FeaturesNotBuiltError } from '../feature-errors.ts';
import type { FeatureName, FeatureTable } from '../feature-table.ts';
import { chooseFeatures, type ReadFeaturesOptions } from '../read-features.ts';
import type { FeatureStore, ViewChange } from '../store/feature-store.ts';
import type { CompiledFeature } from './compile-view.ts';
import { createTableFiller } from './fill-table.ts';
import type { OpenViews } from './open-views.ts';
import type { RecordView } from './operators/operator.ts';
import { createStoredRecord } from './stored-record.ts';
import type { StreamSettings } from './stream-settings.ts';
import type { ViewRuntime } from './view-runtime.ts';

/**
 * Engine A: features kept up to date event by event. State and the offset that it tells of are committed together, so
 * after a kill at any moment a stream made anew goes on from {@link FeatureStream.nextOffset} and has the state of one
 * that was never stopped.
 */
export interface FeatureStream {
  /** Where to read the log from. Falls back when a view was taken over that tells of less: events below a view's own offset are passed over. */
  nextOffset(): number;
  /** Adds a batch. Batches come in order of offset; one that was consumed already changes nothing. Resolves when reads see it. */
  consume(batch: EventBatch): Promise<void>;
  /** Commits what was consumed. Several calls at once make one commit. */
  flush(): Promise<void>;
  /** Values that see everything consumed, flushed or not. As `FeatureReader.read`, for the views that this stream keeps. */
  read<V extends FeatureView, N extends FeatureName<V> = FeatureName<V>>(
    view: V,
    keys: readonly string[],
    options: ReadFeaturesOptions<N>,
  ): Promise<FeatureTable<V, N>>;
  /** Takes over views that a backfill has made ready; true where there are any, and the log must be read from {@link FeatureStream.nextOffset} again. */
  adopt(): Promise<boolean>;
  statistics(): FeatureStreamStatistics;
  /** Flushes and lets go. The store stays open. */
  close(): Promise<void>;
}

/** What a stream has done and holds. */
export interface FeatureStreamStatistics {
  readonly views: readonly {
    readonly name: string;
    readonly fingerprint: string;
    readonly nextOffset: number;
    readonly receivedTimeMs: number;
    readonly events: number;
    /** How often an event came too late for a sealed pane. */
    readonly late: number;
    readonly recordsCached: number;
    readonly recordsDirty: number;
  }[];
  /** Views that were declared but not built: they need a backfill. */
  readonly pending: readonly string[];
  readonly commits: number;
  readonly recordsSwept: number;
}

/** Runs a stream over views that are open. */
export function streamOver(options: {
  readonly open: OpenViews;
  readonly store: FeatureStore;
  readonly settings: StreamSettings;
  readonly logger: Logger;
}): FeatureStream {
  const { open, store, settings, logger } = options;
  const chosen = new WeakMap<ViewRuntime, WeakMap<object, readonly CompiledFeature[]>>();
  const sweepPlace = new Map<string, string | null>();
  let turn: Promise<unknown> = Promise.resolve();
  let flushing: Promise<void> | null = null;
  let isChanged = open.runtimes().some(({ checkpoint }) => checkpoint.status === 'ready');
  let commits = 0;
  let commitsAtRotation = 0;
  let recordsSwept = 0;
  let sweepTurn = 0;

  /** One thing at a time, in order of the calls. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  async function consume(batch: EventBatch): Promise<void> {
    if (batch.events.length === 0) return;
    rotate();
    const runtimes = open.runtimes();
    const missing = runtimes.map((runtime) => runtime.prepare(batch));
    try {
      for (let v = 0; v < runtimes.length; v++) {
        const records = missing[v]!;
        if (records.length === 0) continue;
        const visitor = runtimes[v]!.visitor(records);
        await store.read(
          runtimes[v]!.compiled.fingerprint,
          records.map((record) => record.key),
          () => visitor,
        );
      }
    } catch (error) {
      runtimes.forEach((runtime, v) => runtime.forget(missing[v]!));
      throw error;
    }
    runtimes.forEach((runtime, v) => runtime.apply(batch, missing[v]!));
    isChanged = true;
    if (dirtyRecords() < settings.dirtyRecordsMax) return;
    if (flushing !== null) await flushing; // The store is behind: wait for it rather than hold ever more.
    rotate();
    void beginFlush().catch(() => undefined); // Logged there; what failed is dirty again and the next one takes it.
  }

  /** Lets cold records go. Only where a commit was made since the last time, and none is under way: then what goes is in the store. */
  function rotate(): void {
    const runtimes = open.runtimes();
    if (flushing !== null || commits === commitsAtRotation) return;
    if (runtimes.reduce((sum, runtime) => sum + runtime.hotCount(), 0) * 2 <= settings.cachedRecordsMax) return;
    for (const runtime of runtimes) runtime.rotate();
    commitsAtRotation = commits;
  }

  function dirtyRecords(): number {
    return open.runtimes().reduce((sum, runtime) => sum + runtime.dirtyCount(), 0);
  }

  /** Packs what is dirty now and commits it behind the back of what is consumed next. None may be under way. */
  function beginFlush(): Promise<void> {
    const changes: ViewChange[] = [...open.settle()];
    isChanged = false;
    const undo: (() => void)[] = [];
    for (const runtime of open.runtimes()) {
      const { change, records } = runtime.takeChange();
      changes.push(change);
      undo.push(() => runtime.restore(records));
    }
    const done = store
      .commit(changes)
      .catch((error: unknown) => {
        for (const each of undo) each();
        isChanged = true;
        throw error;
      })
      .then(afterCommit)
      .finally(() => {
        flushing = null;
      });
    flushing = done;
    done.catch((error: unknown) =>
      logger.error('Features were not committed; they stay in memory and the next commit takes them.', { error }),
    );
    return done;
  }

  async function afterCommit(): Promise<void> {
    commits++;
    await open.dropRetired();
    const runtimes = open.runtimes();
    const runtime = runtimes[sweepTurn++ % runtimes.length]!;
    const { fingerprint } = runtime.compiled;
    if (runtime.timeToLiveMs === null || settings.sweptRecordsMax === 0) return;
    const swept = await store.sweep(fingerprint, {
      touchedBeforeMs: runtime.checkpoint.receivedTimeMs - runtime.timeToLiveMs,
      afterKey: sweepPlace.get(fingerprint) ?? null,
      keysMax: settings.sweptRecordsMax,
    });
    sweepPlace.set(fingerprint, swept.lastKey);
    recordsSwept += swept.removed;
  }

  async function flush(): Promise<void> {
    if (flushing !== null) await flushing.catch(() => undefined);
    if (flushing !== null) return await flushing; // Begun by another call since.
    if (isChanged) await beginFlush();
  }

  async function read(view: FeatureView, keys: readonly string[], options: ReadFeaturesOptions<string>): Promise<FeatureTable> {
    const { atMs, features: names } = options;
    const runtime = open.runtimes().find(({ compiled, checkpoint }) => compiled.view.name === view.name && checkpoint.status === 'active');
    if (runtime === undefined) throw new FeaturesNotBuiltError(view.name, []);
    const { compiled, checkpoint, timeToLiveMs } = runtime;
    const known = chosen.get(runtime) ?? new WeakMap<object, readonly CompiledFeature[]>();
    chosen.set(runtime, known);
    const features = chooseFeatures({ compiled, chosen: known }, view, names);
    const filler = createTableFiller(compiled, { features, keys, atMs, checkpoint, timeToLiveMs });
    const rows: number[] = [];
    const rest: string[] = [];
    keys.forEach((key, row) => {
      const record = runtime.peek(key);
      if (record === undefined) {
        rows.push(row);
        rest.push(key);
        return;
      }
      const { numbers, words, base } = record;
      const cached: RecordView = { numbers, words, base, text: (index) => record.texts[index]! };
      filler.fill(row, cached);
    });
    if (rest.length > 0) {
      const stored = createStoredRecord(compiled.layout);
      await store.read(compiled.fingerprint, rest, () => (index, memory) => {
        stored.moveTo(memory);
        filler.fill(rows[index]!, stored.view);
      });
    }
    return filler.finish();
  }

  return {
    nextOffset: () => Math.min(...open.runtimes().map((runtime) => runtime.checkpoint.nextOffset)),
    consume: (batch) => inTurn(() => consume(batch)),
    flush,
    read: read as FeatureStream['read'],
    adopt: () =>
      inTurn(async () => {
        if (flushing !== null) await flushing;
        const found = await open.adopt();
        isChanged ||= found; // So that the next flush can put it in its place, new events or not.
        return found;
      }),
    statistics: () => ({
      views: open.runtimes().map((runtime) => ({
        name: runtime.compiled.view.name,
        fingerprint: runtime.compiled.fingerprint,
        nextOffset: runtime.checkpoint.nextOffset,
        receivedTimeMs: runtime.checkpoint.receivedTimeMs,
        events: runtime.checkpoint.events,
        late: runtime.checkpoint.late,
        recordsCached: runtime.recordCount(),
        recordsDirty: runtime.dirtyCount(),
      })),
      pending: open.pending(),
      commits,
      recordsSwept,
    }),
    close: () => inTurn(flush),
  };
}
