import { existsSync } from 'node:fs';
import { makeFolders } from '../../base/make-folders.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import type { Catalog } from '../../data/catalog/catalog.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { platformFeatures } from '../../data/features/platform-features.ts';
import { openLmdbFeatureStore } from '../../data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../data/features/stream/create-feature-stream.ts';
import { createWorld, type World } from '../../world/create-world.ts';
import type { Policy } from '../../world/policy.ts';
import { createMixedPolicy } from '../../world/policies/mixed-policy.ts';
import { WORLD_PRESETS } from '../../world/world-settings.ts';
import { WORLD_VERSION } from '../../world/world-version.ts';
import { datasetOfLog } from '../events/dataset-of-log.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { appendInFlight } from './append-in-flight.ts';
import { loadWorldCatalog, upsertSubjects } from './catalog-of-world.ts';
import { PlatformTakenError, WorldVersionError, type WorldChoice } from './world-errors.ts';
import { findWorld, writeWorldRecord, type WorldRecord } from './world-record.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * A platform with a history: creates the world, streams its events through the log, its subjects into the catalog, the
 * log through the features and into a data set for training. What is done already is not done again; one that was
 * stopped or killed goes on.
 *
 * The history ends at the last full hour before now, so that the world can live on from there in step with the clock.
 *
 * @throws {WorldOtherError} where another world is there, {PlatformTakenError} where something else is, {WorldVersionError} where its history was begun by another version
 * @throws what log, catalog, features and data set throw; the signal's reason when it was stopped
 */
export async function buildWorld(place: PlatformFolder, choice: WorldChoice, context: WorkContext): Promise<WorldRecord> {
  const found = await findWorld(place.folder, choice);
  if (found?.state === 'ready') return found;
  if (found !== null) checkVersion(place.folder, found);
  else if (existsSync(place.log) || existsSync(place.catalog)) throw new PlatformTakenError(place.folder);
  await makeFolders(place.folder).catch((error: unknown) => {
    throw asFileSystemError(error, place.folder) ?? error;
  });
  let record = found ?? newRecord(choice, context.clock.nowMs());
  await writeWorldRecord(place.folder, record);
  const { clock, logger } = context;
  const log = await openEventLog(place.log, { owner: 'the making of a world' }, { logger });
  try {
    const catalog = await openCatalog({ file: place.catalog, clock });
    try {
      record = { ...record, events: await writeHistory(record, log, catalog, context) };
      await buildFeatures(place, log, context);
      await datasetOfLog(
        place,
        log,
        { name: `world-${record.preset}-${record.seed}`, minimumUserInteractions: 3, minimumItemInteractions: 5 },
        context,
      );
    } finally {
      await catalog.close();
    }
  } finally {
    await log.close();
  }
  record = { ...record, state: 'ready' };
  await writeWorldRecord(place.folder, record);
  return record;
}

/** @throws {WorldVersionError} where this program would live another history from the record's seed */
export function checkVersion(folder: string, { worldVersion }: WorldRecord): void {
  if (worldVersion !== WORLD_VERSION) throw new WorldVersionError(folder, worldVersion, WORLD_VERSION);
}

/** The world of a record at its first moment. */
export function worldOf({ preset, seed, startMs }: WorldRecord): World {
  return createWorld({ preset: { base: preset, startMs }, seed });
}

/** The policy that the history was made under. */
export function historyPolicy(world: World): Policy {
  return createMixedPolicy(world, world.seed);
}

function newRecord({ preset, seed }: WorldChoice, nowMs: number): WorldRecord {
  const historyEndMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const startMs = historyEndMs - WORLD_PRESETS[preset].days * DAY_MS;
  return {
    kind: 'nisus-world',
    formatVersion: 1,
    preset,
    seed,
    worldVersion: WORLD_VERSION,
    startMs,
    historyEndMs,
    state: 'history',
    events: 0,
  };
}

async function writeHistory(record: WorldRecord, log: EventLog, catalog: Catalog, context: WorkContext): Promise<number> {
  const { progress, signal } = context;
  const world = worldOf(record);
  const policy = historyPolicy(world);
  const days = (record.historyEndMs - record.startMs) / DAY_MS;
  progress.begin('living', days);
  try {
    await loadWorldCatalog(catalog, world);
    const appending = appendInFlight(log);
    let events = 0;
    for (let day = 1; day <= days; day++) {
      signal.throwIfAborted();
      const report = await world.run({
        policy,
        untilMs: record.startMs + day * DAY_MS,
        onEvents: (batch) => appending.add(batch),
        onSubjects: (subjects) => upsertSubjects(catalog, subjects),
        batchEventsMin: 1000,
        signal,
      });
      events += report.events;
      progress.update(day, `day ${day} of ${days}, ${formatCount(events)} events`);
    }
    signal.throwIfAborted();
    await appending.finish();
    return (await log.statistics()).events;
  } finally {
    progress.end();
  }
}

async function buildFeatures(place: PlatformFolder, log: EventLog, { progress, logger, signal }: WorkContext): Promise<void> {
  const store = openLmdbFeatureStore(place.features);
  try {
    const stream = await createFeatureStream({ views: platformFeatures, store, logger });
    try {
      const { nextOffset } = await log.statistics();
      progress.begin('features', nextOffset);
      for await (const batch of log.read(stream.nextOffset())) {
        signal.throwIfAborted();
        await stream.consume(batch);
        const done = batch.firstOffset + batch.events.length;
        progress.update(done, `${formatCount(done)} of ${formatCount(nextOffset)} events`);
      }
    } finally {
      await stream.close();
    }
  } finally {
    progress.end();
    await store.close();
  }
}
