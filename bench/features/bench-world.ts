import type { Event } from '../../src/data/events/event.ts';
import type { EventBatch } from '../../src/data/events/event-log.ts';
import { worldEvents, type WorldSizes } from '../../src/data/features/stream/world-events.fixture.ts';

/** The world of the feature benchmarks: Zipf popularity, 5 % late events, the mix of a feed beside an exchange. */
export const BENCH_WORLD: WorldSizes = { users: 70_000, subjects: 140_000, authors: 5000, tags: 300, instruments: 300 };

/** Mean time between two events: about 25 a second, two million a day. */
export const BENCH_GAP_MS = 40;

/** Batches of events, made as they are asked for. */
export function* benchBatches(
  seed: number,
  count: number,
  options: { readonly sizes?: WorldSizes; readonly firstOffset?: number; readonly batchEvents?: number } = {},
): Generator<EventBatch> {
  const { sizes = BENCH_WORLD, firstOffset = 0, batchEvents = 1000 } = options;
  let events: Event[] = [];
  let offset = firstOffset;
  for (const event of worldEvents(seed, count, sizes, BENCH_GAP_MS)) {
    events.push(event);
    if (events.length < batchEvents) continue;
    yield { firstOffset: offset, events };
    offset += events.length;
    events = [];
  }
  if (events.length > 0) yield { firstOffset: offset, events };
}
