import { silentLogger } from '../../../base/logger.ts';
import { platformFeatures } from '../platform-features.ts';
import { openLmdbFeatureStore } from '../store/open-lmdb-feature-store.ts';
import { createFeatureStream } from './create-feature-stream.ts';
import { createMemoryEventLog } from './memory-event-log.fixture.ts';
import { worldEvents } from './world-events.fixture.ts';

/** A process to be killed: streams generated events into the store at its argument, from where the last one stopped. */
const [path, seed, count] = globalThis.process.argv.slice(2);
const store = openLmdbFeatureStore(path!);
const stream = await createFeatureStream({
  views: platformFeatures,
  store,
  settings: { dirtyRecordsMax: 300, cachedRecordsMax: 2000 },
  logger: silentLogger,
});
const log = createMemoryEventLog([...worldEvents(Number(seed), Number(count))]);
globalThis.process.stdout.write('begun\n');
for await (const batch of log.read(stream.nextOffset(), { batchEventsMax: 50 })) await stream.consume(batch);
await stream.close();
await store.close();
globalThis.process.stdout.write('done\n');
