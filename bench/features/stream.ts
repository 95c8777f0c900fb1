/**
 * Rate of streaming features, end to end: events read from the embedded log, 30 features (or all of the platform's)
 * brought up to date, and state committed to the embedded store.
 *
 *     node bench/features/stream.ts [--events 1000000] [--features 30|all] [--users 10000] [--subjects 20000] [--seed 1]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '../../src/base/logger.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';
import { platformFeatures } from '../../src/data/features/platform-features.ts';
import { openLmdbFeatureStore } from '../../src/data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { benchBatches } from './bench-world.ts';
import { thirtyFeatures } from './thirty-features.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    features: { type: 'string', default: '30' },
    users: { type: 'string', default: '10000' },
    subjects: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const number = wholeNumbers(options);
const [events, seed] = [number('events'), number('seed', 0)];
const views = options.features === 'all' ? platformFeatures : thirtyFeatures;
const features = views.reduce((sum, view) => sum + Object.keys(view.features).length, 0);
const sizes = { users: number('users'), subjects: number('subjects'), authors: 1000, tags: 200, instruments: 100 };

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-features-'));
try {
  const writing = await openEventLog(path.join(folder, 'log'), {}, { logger: silentLogger });
  for (const batch of benchBatches(seed, events, { sizes })) await writing.append(batch.events);
  await writing.close();
  const log = await openEventLog(path.join(folder, 'log'), {}, { logger: silentLogger });
  const store = openLmdbFeatureStore(path.join(folder, 'store'));
  const settings = { cachedRecordsMax: 2_000_000, dirtyRecordsMax: 200_000 };
  const stream = await createFeatureStream({ views, store, settings, logger: silentLogger });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  for await (const batch of log.read(stream.nextOffset())) await stream.consume(batch);
  await stream.close();
  const seconds = (performance.now() - startMs) / 1000;
  const cpu = process.cpuUsage(startCpu);
  const { views: kept, commits } = stream.statistics();
  const records = (await Promise.all(kept.map(({ fingerprint }) => store.countRecords(fingerprint)))).reduce((a, b) => a + b, 0);
  if (kept.some((view) => view.events !== events)) throw new Error(`Not every event was consumed: ${JSON.stringify(kept)}`);
  await store.close();
  await log.close();
  const machine = readMachine();
  const figures = {
    events,
    features,
    eventsPerSecond: Math.round(events / seconds),
    cpuMicrosecondsPerEvent: Math.round(((cpu.user + cpu.system) / events) * 10) / 10,
    records,
    commits,
    memoryMaxMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  const protocol =
    `${events.toLocaleString('en')} generated events (${sizes.users} users, ${sizes.subjects} subjects, ${sizes.authors} authors, ${sizes.tags} tags, ` +
    `${sizes.instruments} instruments, Zipf, 5 % late, seed ${seed}), ${features} features over ${views.length} entities, one process: read from the embedded log in batches of 1,000, ` +
    `consumed, ${records.toLocaleString('en')} records committed to LMDB in ${commits} commits, the last included; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`${protocol}\n\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
