import path from 'node:path';
import { silentLogger } from '../../src/base/logger.ts';
import { importEvents } from '../../src/data/events/importing/import-events.ts';
import { createMemoryEventLog } from '../../src/data/events/memory-event-log.ts';
import type { Event } from '../../src/data/events/event.ts';
import type { EventBatch } from '../../src/data/events/event-log.ts';
import type { EventFilter } from '../../src/data/features/feature-declaration.ts';
import { worldEvents } from '../../src/data/features/stream/world-events.fixture.ts';
import { createWorld } from '../../src/world/create-world.ts';
import { createPopularPolicy } from '../../src/world/policies/popular-policy.ts';
import type { WorldPreset } from '../../src/world/world-settings.ts';

/** Where logs are made from. */
export interface ParityPlaces {
  /** Folder of the public data sets. */
  readonly data: string;
  /** Preset of the world. */
  readonly world: string;
}

/** A log to compare engines on, and the events of it that make rows of a training set. */
export interface ParityLog {
  readonly rows: EventFilter;
  load(places: ParityPlaces): Promise<readonly EventBatch[]>;
}

/** Name of one of the {@link PARITY_LOGS}. */
export type ParityLogName = 'retailrocket' | 'ml-100k' | 'world' | 'generated';

/** Two public data sets through the importer, the world through an event log, and a generated log with many late events. */
export const PARITY_LOGS: Readonly<Record<ParityLogName, ParityLog>> = {
  retailrocket: { rows: { actions: ['order-placed'] }, load: ({ data }) => imported(path.join(data, 'retailrocket/events.csv.gz')) },
  'ml-100k': { rows: { actions: ['click'] }, load: ({ data }) => imported(path.join(data, 'ml-100k')) },
  world: { rows: { actions: ['impression'] }, load: ({ world }) => lived(world as WorldPreset) },
  generated: { rows: { actions: ['impression'] }, load: async () => batchesOf([...worldEvents(7, 60_000)]) },
};

async function imported(source: string): Promise<readonly EventBatch[]> {
  const log = createMemoryEventLog({ latenessMsMax: Number.MAX_SAFE_INTEGER });
  await importEvents(source, {}, log, { logger: silentLogger });
  return await gathered(log.read(0));
}

async function lived(preset: WorldPreset): Promise<readonly EventBatch[]> {
  const world = createWorld({ preset, seed: 11 });
  const log = createMemoryEventLog();
  await world.run({
    policy: createPopularPolicy(world),
    untilMs: world.settings.startMs + world.settings.days * 86_400_000,
    batchEventsMin: 1000,
    onEvents: async (events) => {
      for (let from = 0; from < events.length; from += 1000) await log.append(events.slice(from, from + 1000));
    },
  });
  return await gathered(log.read(0));
}

function batchesOf(events: readonly Event[]): readonly EventBatch[] {
  const batches: EventBatch[] = [];
  for (let from = 0; from < events.length; from += 1000) batches.push({ firstOffset: from, events: events.slice(from, from + 1000) });
  return batches;
}

async function gathered(batches: AsyncIterable<EventBatch>): Promise<readonly EventBatch[]> {
  const all: EventBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}
