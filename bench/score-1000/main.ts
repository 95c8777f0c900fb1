/**
 * Times what a ranker of nine tasks takes for 1,000 candidates against a history of 200 actions.
 *
 *     node bench/score-1000/main.ts [--rounds 300] [--threads 1] [--micro-batch 1024] [--no-spin] [--any-load]
 *
 * `p50Ms`: the history's state is cached, the whole call of `score`, 1,000 × 9 probabilities and logits out. Every round times
 * each case once and a fixed matrix product, so that a machine that is busy for a while is seen.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openServedRanker, type ServedRanker } from '../../src/learn/models/ranking/serving/open-served-ranker.ts';
import { readMachine } from '../gate/machine.ts';
import { waitForQuietMachine } from '../train/quiet-machine.ts';
import { benchActions, benchSubjects, exportBenchRanker, feedTasks } from './bench-ranker.ts';
import { fixedProduct } from './fixed-product.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '300' },
    threads: { type: 'string', default: '1' },
    'micro-batch': { type: 'string', default: '1024' },
    'no-spin': { type: 'boolean', default: false },
    'any-load': { type: 'boolean', default: false },
  },
});
const [rounds, threads, microBatch] = [options.rounds, options.threads, options['micro-batch']].map(Number) as [number, number, number];
const [candidateCount, historyLength, subjectCount, warmup] = [1000, 200, 20_000, 20];
const startMs = Date.UTC(2026, 0, 1);

const folder = await mkdtemp(join(tmpdir(), 'nisus-score-1000-'));
const opened: ServedRanker[] = [];
async function ranker(tasks: readonly string[]): Promise<ServedRanker> {
  const place = join(folder, `${tasks.length}`);
  await exportBenchRanker(place, tasks);
  const served = await openServedRanker(place, { threads, microBatch, spin: !options['no-spin'] });
  opened.push(served);
  await served.subjects.put(benchSubjects(0, subjectCount));
  return served;
}

const [nine, one] = [await ranker(feedTasks), await ranker(['click'])];
const history = benchActions(historyLength, 1, subjectCount, startMs);
const [last] = history.timesMs.slice(-1);
const later = benchActions(1, 2, subjectCount, last!);
const candidates = Int32Array.from({ length: candidateCount }, (_, at) => 1 + ((at * 7919) % subjectCount));
const page = { timeMs: last! + 60_000, surface: 1, query: null };
const [state, stateOfOne] = [await nine.history(history), await one.history(history)];
const product = await fixedProduct(threads);

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  cached: () => nine.score(state, candidates, page),
  uncached: async () => nine.score(await nine.history(history), candidates, page),
  extended: async () => nine.score(await nine.extend(state, later), candidates, page),
  encode: () => nine.history(history),
  extend: () => nine.extend(state, later),
  oneTask: () => one.score(stateOfOne, candidates, page),
  newSubject: () => nine.subjects.put(benchSubjects(subjectCount - 1, 1)),
};
if (!options['any-load']) await waitForQuietMachine(10);
const times: Record<string, number[]> = { product: [], cachedCpu: [] };
for (let round = -warmup; round < rounds; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const [start, startCpu] = [performance.now(), process.cpuUsage()];
    await run();
    if (round < 0) continue;
    (times[name] ??= []).push(performance.now() - start);
    const { user, system } = process.cpuUsage(startCpu);
    if (name === 'cached') times['cachedCpu']!.push((user + system) / 1000);
  }
  const productMs = await product.timeMs();
  if (round >= 0) times['product']!.push(productMs);
}

const quantile = (name: string, share: number) => {
  const sorted = times[name]!.toSorted((left, right) => left - right);
  return Math.round(1000 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!) / 1000;
};
const figures = {
  p50Ms: quantile('cached', 0.5),
  p99Ms: quantile('cached', 0.99),
  leastMs: quantile('cached', 0),
  // What a busy machine cannot inflate by making it wait; with threads that spin, waiting counts.
  cpuLeastMs: quantile('cachedCpu', 0),
  uncachedP50Ms: quantile('uncached', 0.5),
  extendedP50Ms: quantile('extended', 0.5),
  encodeP50Ms: quantile('encode', 0.5),
  extendP50Ms: quantile('extend', 0.5),
  oneTaskP50Ms: quantile('oneTask', 0.5),
  newSubjectP50Ms: quantile('newSubject', 0.5),
  productP50Ms: quantile('product', 0.5),
  productLeastMs: quantile('product', 0),
  historyKiB: Math.round(state.bytes / 1024),
};
const machine = readMachine();
const protocol = [
  `${candidateCount} candidates, ${historyLength} actions; HSTU of 2 blocks, 64 wide, 1 head, PLE of 1 level (9 tasks × 1 expert + 2 shared, 64 wide; towers 32); ${subjectCount} subjects with vectors made ahead`,
  `p50Ms and p99Ms: state cached, whole call of score over ${rounds} rounds after ${warmup}, micro-batches of ${microBatch}, ${threads} ${threads === 1 ? 'thread' : `threads${options['no-spin'] ? '' : ' that spin'}`}; extended: by one action before; uncached: encoded before; oneTask: same encoder, one task`,
  `product: a matrix product 512³ in the same rounds`,
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}; ${options['any-load'] ? `whatever else ran (load ${os.loadavg()[0]!.toFixed(2)})` : 'started on an idle machine'}`,
].join('. ');
console.log(JSON.stringify(figures, null, 2));
console.log(`\n${protocol}`);
const outputFile = process.env['NISUS_GATE_OUTPUT'];
if (outputFile !== undefined) writeFileSync(outputFile, JSON.stringify({ figures, protocol }));

await Promise.all([...opened.map((served) => served.close()), product.close()]);
await rm(folder, { recursive: true, force: true });
