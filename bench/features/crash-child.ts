/** The process that `replay-crash.ts` kills: appends generated events to the log, and streams features from it meanwhile. */
import { createRandom } from '../../src/base/random.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';
import type { Event } from '../../src/data/events/event.ts';
import { platformFeatures } from '../../src/data/features/platform-features.ts';
import { openLmdbFeatureStore } from '../../src/data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import { runFeatureStream } from '../../src/data/features/stream/run-feature-stream.ts';
import { worldEvents } from '../../src/data/features/stream/world-events.fixture.ts';

const [logFolder, storeFolder, seed] = process.argv.slice(2);
const log = await openEventLog(logFolder!, {}, { logger: silentLogger });
const store = openLmdbFeatureStore(storeFolder!);
const settings = { dirtyRecordsMax: 2000, cachedRecordsMax: 20_000 };
const stream = await createFeatureStream({ views: platformFeatures, store, settings, logger: silentLogger });
const { events: stored } = await log.statistics();
const random = createRandom(Number(seed), 'appends', stored);
void runFeatureStream({ log, stream, signal: new AbortController().signal, batchEventsMax: 200 });
process.send!('begun');

// Goes on where the log ends: the events are the same in every life.
let batch: Event[] = [];
let size = 1 + random.integer(400);
let at = 0;
for (const event of worldEvents(Number(seed), Number.MAX_SAFE_INTEGER)) {
  if (at++ < stored) continue;
  batch.push(event);
  if (batch.length < size) continue;
  await log.append(batch);
  batch = [];
  size = 1 + random.integer(400);
}
