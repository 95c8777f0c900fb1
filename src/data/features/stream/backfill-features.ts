import type { Logger } from '../../../base/logger.ts';
import type { EventLog } from '../../events/event-log.ts';
import { checkFeatureViews } from '../check-feature-view.ts';
import type { FeatureView } from '../feature-declaration.ts';
import type { Checkpoint, FeatureStore, StoredView } from '../store/feature-store.ts';
import { compileView, stateFingerprint } from './compile-view.ts';
import { streamOver } from './feature-stream.ts';
import { NOTHING_CONSUMED } from './open-views.ts';
import { checkStreamSettings, type StreamSettings } from './stream-settings.ts';
import { createViewRuntime, type ViewRuntime } from './view-runtime.ts';

/** What {@link backfillFeatures} needs. */
export interface BackfillOptions {
  /** The views as they shall be. Those that the store has just so are left alone. */
  readonly views: readonly FeatureView[];
  readonly log: EventLog;
  readonly store: FeatureStore;
  /** As those of the stream: the allowed lateness is part of what is built. */
  readonly settings?: Partial<StreamSettings>;
  readonly logger: Logger;
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Stops it at the next batch; what was built is kept, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

/** How far a backfill is. */
export interface BackfillProgress {
  readonly views: readonly string[];
  /** Offsets passed, of those in the log when last looked. */
  readonly offsetsDone: number;
  readonly offsetsInAll: number;
}

/** What a backfill did. */
export interface BackfillResult {
  /** Views that are built now and were not before. */
  readonly built: readonly string[];
  /** Events read by this call. */
  readonly events: number;
  /** False where the signal stopped it. */
  readonly complete: boolean;
}

const BATCH_EVENTS = 1000;

/**
 * Builds views from the log beside those that are served: under fingerprints of their own, so that neither readers nor a
 * running stream notice. When it has caught up with the log a view is marked ready, with the offset that it tells of;
 * the stream takes it over from there, reads what came since for it alone, and puts it in its predecessor's place in one
 * commit. Where no view of the name was active, it is active at once. Goes on where it was stopped, by a kill too.
 *
 * @throws {FeatureDeclarationError} {@link FeatureSettingsError}, and what the log or the store throw
 */
export async function backfillFeatures(options: BackfillOptions): Promise<BackfillResult> {
  const { log, store, logger, signal } = options;
  checkFeatureViews(options.views);
  const settings = checkStreamSettings(options.settings ?? {});
  const stored = await store.views();
  const runtimes: ViewRuntime[] = [];
  for (const view of options.views) {
    const runtime = await beginOrResume(view, stored, store, settings);
    if (runtime !== null) runtimes.push(runtime);
  }
  const names = runtimes.map(({ compiled }) => compiled.view.name);
  if (runtimes.length === 0) return { built: [], events: 0, complete: true };

  const open = {
    runtimes: () => runtimes,
    pending: () => names,
    adopt: async () => false,
    settle: () => [],
    dropRetired: async () => {},
  };
  const stream = streamOver({ open, store, settings, logger });
  const from = stream.nextOffset();
  let events = 0;
  for (;;) {
    const { firstOffset, nextOffset } = await log.statistics();
    // Fewer than a batch behind: the stream reads the rest when it takes over.
    if (nextOffset - Math.max(firstOffset, stream.nextOffset()) < BATCH_EVENTS && (events > 0 || stream.nextOffset() >= nextOffset)) break;
    const before = events;
    for await (const batch of log.read(stream.nextOffset(), { batchEventsMax: BATCH_EVENTS })) {
      if (signal?.aborted === true) break;
      await stream.consume(batch);
      events += batch.events.length;
      options.onProgress?.({
        views: names,
        offsetsDone: stream.nextOffset() - Math.max(from, firstOffset),
        offsetsInAll: Math.max(nextOffset, stream.nextOffset()) - Math.max(from, firstOffset),
      });
    }
    if (signal?.aborted === true || events === before) break;
  }
  await stream.close();
  if (signal?.aborted === true) return { built: [], events, complete: false };
  await markBuilt(runtimes, store);
  return { built: names, events, complete: true };
}

/** Null where the store has the view as declared, or built and waiting. */
async function beginOrResume(
  view: FeatureView,
  stored: readonly StoredView[],
  store: FeatureStore,
  settings: StreamSettings,
): Promise<ViewRuntime | null> {
  const { allowedLatenessMs, timeToLiveMs } = settings;
  const fingerprint = stateFingerprint(view, allowedLatenessMs);
  const found = stored.find((each) => each.fingerprint === fingerprint);
  if (found?.checkpoint.status === 'active' || found?.checkpoint.status === 'ready') return null;
  for (const other of stored) {
    const isSuperseded = other.declaration.view.name === view.name && other.fingerprint !== fingerprint;
    if (isSuperseded && (other.checkpoint.status === 'building' || other.checkpoint.status === 'ready'))
      await store.drop(other.fingerprint);
  }
  const compiled = compileView(view, allowedLatenessMs);
  if (found?.checkpoint.status === 'building') return createViewRuntime(compiled, timeToLiveMs, found.checkpoint);
  if (found !== undefined) await store.drop(fingerprint); // Retired: its records stand still since then.
  const checkpoint: Checkpoint = { status: 'building', ...NOTHING_CONSUMED };
  await store.commit([{ fingerprint, checkpoint, declaration: { view, allowedLatenessMs, timeToLiveMs }, keys: [], bytes: [] }]);
  return createViewRuntime(compiled, timeToLiveMs, checkpoint);
}

async function markBuilt(runtimes: readonly ViewRuntime[], store: FeatureStore): Promise<void> {
  const active = (await store.views()).filter(({ checkpoint }) => checkpoint.status === 'active');
  await store.commit(
    runtimes.map(({ compiled, checkpoint }) => {
      const hasPredecessor = active.some(({ declaration }) => declaration.view.name === compiled.view.name);
      const status = hasPredecessor ? 'ready' : 'active';
      return { fingerprint: compiled.fingerprint, checkpoint: { ...checkpoint, status }, keys: [], bytes: [] };
    }),
  );
}
