/** The other process of `read.ts`: streams events into the store, 5,000 a second at most and a commit every 250, until it is ended. */
import { silentLogger } from '../../src/base/logger.ts';
import { subjectFeatures, userFeatures } from '../../src/data/features/platform-features.ts';
import { openLmdbFeatureStore } from '../../src/data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import { benchBatches } from './bench-world.ts';

const [folder, seed] = process.argv.slice(2);
const store = openLmdbFeatureStore(folder!);
const stream = await createFeatureStream({ views: [userFeatures, subjectFeatures], store, logger: silentLogger });
process.send!('begun');
for (const batch of benchBatches(Number(seed), 100_000_000, { firstOffset: stream.nextOffset(), batchEvents: 250 })) {
  await stream.consume(batch);
  await stream.flush();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
