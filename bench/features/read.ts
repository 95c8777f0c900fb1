/**
 * Online reads: 40 features of one user and 500 subjects from the embedded store, while another process writes to it.
 *
 *     node bench/features/read.ts [--events 1500000] [--requests 2000] [--seed 1]
 *
 * The store is filled by streaming generated events through the platform's user and subject views, in a temporary folder.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { subjectFeatures, userFeatures } from '../../src/data/features/platform-features.ts';
import { createFeatureReader } from '../../src/data/features/read-features.ts';
import { openLmdbFeatureStore } from '../../src/data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { BENCH_WORLD, benchBatches } from './bench-world.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1500000' },
    requests: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const number = wholeNumbers(options);
const [events, requests, seed] = [number('events'), number('requests'), number('seed', 0)];
const SUBJECTS = 500;
const CACHED = 262_144;
const WARMING = 1000;
const USER_FEATURES = (Object.keys(userFeatures.features) as (keyof typeof userFeatures.features)[]).slice(0, 16);
const FEATURES = USER_FEATURES.length + Object.keys(subjectFeatures.features).length;

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-features-'));
try {
  await fill();
  const writer = fork(path.join(import.meta.dirname, 'writer.ts'), [folder, String(seed + 1)]);
  await new Promise((resolve) => writer.once('message', resolve));
  await measure();
  const ended = new Promise((resolve) => writer.once('exit', resolve));
  writer.kill();
  await ended;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const store = openLmdbFeatureStore(folder);
  const settings = { cachedRecordsMax: 1_000_000, dirtyRecordsMax: 200_000 };
  const stream = await createFeatureStream({ views: [userFeatures, subjectFeatures], store, settings, logger: silentLogger });
  for (const batch of benchBatches(seed, events)) await stream.consume(batch);
  await stream.close();
  await store.close();
}

async function measure(): Promise<void> {
  const store = openLmdbFeatureStore(folder, { readOnly: true, cachedRecordsMax: CACHED });
  const reader = createFeatureReader(store);
  const random = createRandom(seed, 'requests');
  const rank = (most: number) => Math.min(most - 1, Math.floor(most ** random.next() - 1));
  const times: number[] = [];
  let found = 0;
  const begunWith = (await store.views())[0]!.checkpoint.nextOffset;
  for (let request = -WARMING; request < requests; request++) {
    const user = `u${rank(BENCH_WORLD.users)}`;
    // Half what is popular, half anything: candidates of a feed.
    const subjects = Array.from(
      { length: SUBJECTS },
      (_, at) => `content:post-${at % 2 === 0 ? rank(BENCH_WORLD.subjects) : random.integer(BENCH_WORLD.subjects)}`,
    );
    const atMs = Date.UTC(2026, 0, 6) + request;
    const startMs = performance.now();
    const [users, items] = await Promise.all([
      reader.read(userFeatures, [user], { atMs, features: USER_FEATURES }),
      reader.read(subjectFeatures, subjects, { atMs }),
    ]);
    if (request >= 0) times.push(performance.now() - startMs);
    found += users.touchedMs.length + items.touchedMs.filter((touched) => !Number.isNaN(touched)).length;
    if (request % 8 === 0) await new Promise((resolve) => setImmediate(resolve)); // As a server would, between requests.
  }
  const written = (await store.views())[0]!.checkpoint.nextOffset - begunWith;
  const counts = await Promise.all((await store.views()).map(({ fingerprint }) => store.countRecords(fingerprint)));
  await store.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))]! * 1000) / 1000;
  const machine = readMachine();
  const figures = { p50Ms: at(0.5), p99Ms: at(0.99), features: FEATURES, keys: SUBJECTS + 1, records: counts.reduce((a, b) => a + b, 0) };
  const protocol =
    `${FEATURES} features of 1 user and ${SUBJECTS} subjects a read, ${requests} reads after ${WARMING} of warming up, ` +
    `${Math.round((found / (requests + WARMING) / (SUBJECTS + 1)) * 100)} % of keys known; LMDB store (${CACHED.toLocaleString('en')} records cached a view) of ${counts.join(' and ')} records filled from ` +
    `${events.toLocaleString('en')} generated events, ${written.toLocaleString('en')} more written by another process meanwhile; seed ${seed}; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`${protocol}\n\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}
