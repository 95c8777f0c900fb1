import { existsSync } from 'node:fs';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import type { Catalog } from '../../data/catalog/catalog.ts';
import { followChanges } from '../../data/catalog/follow-changes.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { platformFeatures, userFeatures } from '../../data/features/platform-features.ts';
import { openLmdbFeatureStore } from '../../data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../data/features/stream/create-feature-stream.ts';
import type { FeatureStream } from '../../data/features/stream/feature-stream.ts';
import { runFeatureStream } from '../../data/features/stream/run-feature-stream.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { createItemShelf, type ItemShelf } from './item-shelf.ts';
import type { LiveHistories } from '../server/live-histories.ts';
import { waitFor } from '../wait-for.ts';
import type { WorkContext } from '../work-context.ts';

/** A platform behind a server: events go in, features follow, histories and the catalog are read. */
export interface OpenPlatform {
  readonly log: EventLog;
  /** null where the platform has none: then nobody is unknown and nothing retired. */
  readonly catalog: Catalog | null;
  readonly stream: FeatureStream;
  readonly liveHistories: LiveHistories;
  /**
   * Watches the catalog for a model's items (`kind:id` by index). The function that is returned gives the indices of those
   * that are not live, as of the last second or so.
   */
  watchItems(itemIds: readonly string[]): Promise<() => Int32Array>;
  /** Stops following; what was taken is on the disk. */
  close(): Promise<void>;
}

const CATALOG_EVERY_MS = 1000;
const NO_ITEMS = new Int32Array(0);

/**
 * Opens a platform's folder for serving: the log for appending (one process at a time), a feature stream that follows it
 * in the background, the catalog for reading.
 *
 * @throws `LogLockedError` where another server has it; what the parts throw
 */
export async function openPlatform(place: PlatformFolder, { clock, logger }: Pick<WorkContext, 'clock' | 'logger'>): Promise<OpenPlatform> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { log, catalog, stream, close } = await openParts(place, { clock, logger });
  const following: Promise<void>[] = [];
  const follow = (what: string, work: Promise<void>) => {
    following.push(work.catch((error: unknown) => logger.error(`${what}-failed`, { error })));
  };
  follow('feature-stream', runFeatureStream({ log, stream, signal }));

  async function followShelf(catalog: Catalog, shelf: ItemShelf): Promise<void> {
    const wait = (until: AbortSignal) => waitFor(CATALOG_EVERY_MS, until);
    for await (const changes of followChanges(catalog, shelf.version(), { signal, wait })) {
      for (const change of changes) shelf.learn(change);
    }
  }

  return {
    log,
    catalog,
    stream,
    liveHistories: {
      async historyOf(userId) {
        const { columns } = await stream.read(userFeatures, [userId], {
          atMs: clock.nowMs(),
          features: ['recent_subjects', 'recent_times'],
        });
        const [subjects, times] = [columns.recent_subjects[0]!, columns.recent_times[0]!];
        // As in training: events in a row about one subject count once.
        return subjects
          .map((itemId, place) => ({ itemId, timeMs: Number(times[place]) }))
          .filter(({ itemId }, place) => itemId !== subjects[place - 1]);
      },
    },
    async watchItems(itemIds) {
      if (catalog === null) return () => NO_ITEMS;
      const shelf = createItemShelf(itemIds);
      await shelf.learnAll(catalog);
      follow('catalog-following', followShelf(catalog, shelf));
      return () => shelf.unavailable();
    },
    async close() {
      stopping.abort();
      await Promise.all(following);
      await close();
    },
  };
}

/** The parts of a platform, and what closes them all; where one cannot be opened, those before it are closed. */
async function openParts(place: PlatformFolder, { clock, logger }: Pick<WorkContext, 'clock' | 'logger'>) {
  const closes: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closes.toReversed()) await closeOne();
  };
  try {
    const log = await openEventLog(place.log, { owner: 'a server' }, { logger });
    closes.push(() => log.close());
    const catalog = existsSync(place.catalog) ? await openCatalog({ file: place.catalog, clock, readOnly: true }) : null;
    if (catalog !== null) closes.push(() => catalog.close());
    const store = openLmdbFeatureStore(place.features);
    closes.push(() => store.close());
    const stream = await createFeatureStream({ views: platformFeatures, store, logger });
    closes.push(() => stream.close());
    return { log, catalog, stream, close };
  } catch (error) {
    await close();
    throw error;
  }
}
