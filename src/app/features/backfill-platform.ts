import { mkdir } from 'node:fs/promises';
import { silentLogger } from '../../base/logger.ts';
import { lockLog } from '../../data/events/embedded/log-lock.ts';
import type { EventLogReader } from '../../data/events/embedded/open-event-log-reader.ts';
import { LogLockedError } from '../../data/events/event-log-errors.ts';
import type { FeatureView } from '../../data/features/feature-declaration.ts';
import type { FeatureStore } from '../../data/features/store/feature-store.ts';
import { openLmdbFeatureStore } from '../../data/features/store/open-lmdb-feature-store.ts';
import { backfillFeatures } from '../../data/features/stream/backfill-features.ts';
import { createFeatureStream } from '../../data/features/stream/create-feature-stream.ts';
import { openPlatformLog } from '../events/open-platform-log.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';
import { FeaturesBusyError } from './feature-command-errors.ts';

/** What {@link backfillPlatform} did. */
export interface PlatformBackfill {
  /** Views that were built. */
  readonly built: readonly string[];
  /** Events read: to build, and to bring up to date. */
  readonly events: number;
  /** Who writes the log and takes over what was built; null where nobody does, and everything is up to date now. */
  readonly leftTo: string | null;
  readonly durationMs: number;
}

/**
 * Builds what a platform's store lacks of the views, from its log. Beside a server that streams, that server takes over
 * what was built; where nobody writes the log, this brings all views of the store up to date with its end.
 *
 * @throws `PlatformMissingError`, {@link FeaturesBusyError}, `FeatureDeclarationError`, `FileSystemError`; the interruption where the work is stopped: what
 * is built stays, and the next call goes on from there
 */
export async function backfillPlatform(
  platform: PlatformFolder,
  views: readonly FeatureView[],
  context: WorkContext,
): Promise<PlatformBackfill> {
  const { clock, logger, signal } = context;
  const startMs = clock.monotonicMs();
  const log = await openPlatformLog(platform);
  let store: FeatureStore | null = null;
  let release: (() => void) | null = null;
  try {
    await mkdir(platform.features, { recursive: true });
    // One process at a time may build a view.
    const own = tryLock(platform.features);
    if (typeof own === 'string') throw new FeaturesBusyError(platform.features);
    release = own;
    store = openLmdbFeatureStore(platform.features);
    const show = createStretchProgress(context);
    const { built, events } = await backfillFeatures({
      views,
      log,
      store,
      logger,
      signal,
      onProgress: ({ offsetsDone, offsetsInAll }) => show('building', offsetsDone, offsetsInAll),
    });
    signal.throwIfAborted();
    const unlock = tryLock(platform.log);
    if (typeof unlock === 'string') return { built, events, leftTo: unlock, durationMs: clock.monotonicMs() - startMs };
    try {
      const caughtUp = await catchUp(views, log, store, context);
      return { built, events: events + caughtUp, leftTo: null, durationMs: clock.monotonicMs() - startMs };
    } finally {
      unlock();
    }
  } catch (error) {
    throw asFileSystemError(error, platform.features) ?? error;
  } finally {
    context.progress.end();
    await store?.close();
    release?.();
    await log.close();
  }
}

/** Takes a folder for this process: of a log, so that nobody streams it. The name of who holds it where somebody does. */
function tryLock(folder: string): (() => void) | string {
  try {
    return lockLog(folder, 'a backfill of features');
  } catch (error) {
    if (error instanceof LogLockedError) return String(error.fields['holder']);
    throw error;
  }
}

/** A stream over every view of the store, from where each stands to the end of the log. Returns the events that it read. */
async function catchUp(views: readonly FeatureView[], log: EventLogReader, store: FeatureStore, context: WorkContext): Promise<number> {
  const { signal } = context;
  const declared = new Set(views.map(({ name }) => name));
  const stored = await store.views();
  const others = stored.filter(({ checkpoint, declaration }) => checkpoint.status === 'active' && !declared.has(declaration.view.name));
  const kept = [...views, ...others.map(({ declaration }) => declaration.view)];
  // It would warn of views that are not built, which it takes over in the same breath; what fails is thrown.
  const stream = await createFeatureStream({ views: kept, store, logger: silentLogger });
  const show = createStretchProgress(context);
  const { firstOffset, nextOffset } = await log.statistics();
  let events = 0;
  try {
    do {
      const from = Math.max(firstOffset, stream.nextOffset());
      for await (const batch of log.read(from)) {
        signal.throwIfAborted();
        await stream.consume(batch);
        events += batch.events.length;
        show('catching up', stream.nextOffset() - from, nextOffset - from);
      }
      await stream.flush();
    } while (await stream.adopt());
  } finally {
    await stream.close();
  }
  return events;
}

/** Parts of a stretch that the bar knows: its end moves while the work goes on. */
const PARTS = 1000;

function createStretchProgress({ progress, clock }: WorkContext): (title: string, done: number, inAll: number) => void {
  let startMs: number | null = null;
  return (title, done, inAll) => {
    if (startMs === null) progress.begin(title, PARTS);
    startMs ??= clock.monotonicMs();
    const seconds = (clock.monotonicMs() - startMs) / 1000;
    const left = seconds < 1 || done === 0 ? '' : `, ${formatDuration((seconds * (inAll - done)) / done)} left`;
    progress.update(Math.floor((PARTS * done) / Math.max(1, inAll)), `${formatCount(done)} of ${formatCount(inAll)} events${left}`);
  };
}
