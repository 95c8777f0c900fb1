/**
 * Latency and throughput of `POST /v1/recommend` under open-loop load.
 *
 *     npm run bench:serve -- [--run FOLDER | --stub] [--rates 50,200,500,1000] [--seconds 20] [--warm-up 5] [--k 10]
 *                            [--connections 256] [--seed 1] [--no-floor] [--json]
 *
 * Three processes: the server as a user starts it, a floor server (a bare route that answers a constant of the same
 * size), and for each stage a load generator. Rates rise until the server falls behind; at each one the floor is
 * measured first, then the server, so that both figures of a ratio come from the same minute of the same machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { requestLimits } from '../../src/app/server/recommend-schema.ts';
import { createRandom } from '../../src/base/random.ts';
import { readMachine } from '../gate/machine.ts';
import { runTarget, stubTarget } from './bench-target.ts';
import { defaultRun, readRunData } from './default-run.ts';
import { runLoad } from './load-job.ts';
import type { LoadReport } from './load-job.ts';
import { mixRequests } from './request-mix.ts';
import { startServerProcess } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { formatHistogram, formatStages, gateFigures, isOverloaded, stageFigures } from './stage-report.ts';
import type { StageFigures } from './stage-report.ts';

const { values: options } = parseArgs({
  options: {
    run: { type: 'string' },
    stub: { type: 'boolean', default: false },
    rates: { type: 'string', default: '50,200,500,1000' },
    seconds: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '5' },
    k: { type: 'string', default: '10' },
    connections: { type: 'string', default: '256' },
    seed: { type: 'string', default: '1' },
    'no-floor': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const rates = options.rates.split(',').map((text) => readNumber('--rates', text));
const seconds = readNumber('--seconds', options.seconds);
const warmUpSeconds = readNumber('--warm-up', options['warm-up']);
const k = readNumber('--k', options.k);
const connectionsMax = readNumber('--connections', options.connections);

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  console.error(`${name} holds '${text}': give numbers of 0 or more`);
  process.exit(2);
}

function say(text: string): void {
  if (!options.json) console.log(text);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-bench-serve-'));
const bodiesFile = path.join(folder, 'bodies.ndjson');

async function measure(server: ServerProcess, ratePerSecond: number): Promise<{ figures: StageFigures; report: LoadReport }> {
  let cpuBeforeMs: number | null = null;
  const job = {
    url: `${server.url}/v1/recommend`,
    bodiesFile,
    k,
    ratePerSecond,
    warmUpSeconds,
    seconds,
    seed: options.seed,
    connectionsMax,
    timeoutMs: 10_000,
  };
  const report = await runLoad(job, folder, () => {
    cpuBeforeMs = server.cpuMs();
  });
  const cpuAfterMs = server.cpuMs();
  const serverCpuMs = cpuBeforeMs === null || cpuAfterMs === null ? null : cpuAfterMs - cpuBeforeMs;
  return { figures: stageFigures({ ratePerSecond, seconds, report, serverCpuMs }), report };
}

/** An answer of the server under load: what the floor says to everything. */
async function sampleAnswer(server: ServerProcess, bodies: readonly string[]): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/v1/recommend`, { method: 'POST', headers, body: bodies[0]! });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the first request was answered with ${response.status}: ${text}`);
  return text;
}

async function sweep(server: ServerProcess, floor: ServerProcess | null) {
  const stages: StageFigures[] = [];
  const floorStages: StageFigures[] = [];
  for (const rate of rates) {
    if (floor !== null) floorStages.push((await measure(floor, rate)).figures);
    const { figures, report } = await measure(server, rate);
    stages.push(figures);
    say(`\n${rate} requests/s${figures.errors > 0 ? `, errors ${JSON.stringify(report.errors)}` : ''}`);
    say(formatHistogram(report.latenciesMs));
    if (isOverloaded(figures)) {
      say(`  the server fell behind; higher rates are left out`);
      break;
    }
  }
  return { stages, floorStages };
}

async function main(): Promise<void> {
  const target = options.stub ? stubTarget() : await runTarget(options.run ?? (await defaultRun()), readRunData);
  const { historyLengthMax } = requestLimits;
  const bodies = mixRequests(target.data, createRandom(options.seed, 'mix'), { count: 20_000, k, historyLengthMax });
  writeFileSync(bodiesFile, bodies.join('\n'));
  const loadBefore = os.loadavg()[0]!;
  const server = await startServerProcess(target.args);
  let floor: ServerProcess | null = null;
  try {
    const answerFile = path.join(folder, 'answer.json');
    writeFileSync(answerFile, await sampleAnswer(server, bodies));
    if (!options['no-floor']) floor = await startServerProcess([path.join(import.meta.dirname, 'floor-server.ts'), answerFile]);
    const { stages, floorStages } = await sweep(server, floor);
    const memoryMaxMiB = server.memoryMaxMiB();
    const machine = readMachine();
    const protocol = [
      `open loop, Poisson arrivals, seed ${options.seed}, latency from the intended send time to the last byte (no coordinated omission)`,
      `${seconds} s a rate after ${warmUpSeconds} s of warm-up at that rate, at most ${connectionsMax} keep-alive connections`,
      `20,000 distinct bodies, half a user id drawn from all users, half the history of such a user cut at a random length; k ${k}, seen items left out, no response cache`,
      `load generator, server and floor in processes of their own on one machine; floor: a bare route that answers a constant of the same size`,
      `served: ${target.name}`,
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}; load before ${loadBefore.toFixed(2)}`,
    ].join('. ');
    const figures = gateFigures(stages, floorStages);
    if (memoryMaxMiB !== null) figures['serverMemoryMaxMiB'] = Math.round(memoryMaxMiB);
    if (options.json) console.log(JSON.stringify({ figures, stages, floorStages, protocol, machine }));
    say(`\n${target.name}\n${formatStages(stages)}`);
    if (floor !== null) say(`\nfloor\n${formatStages(floorStages)}`);
    for (const [index, { ratePerSecond, p99Ms }] of floorStages.entries()) {
      const stage = stages[index];
      if (stage !== undefined) say(`p99 over the floor's at ${ratePerSecond}/s: ${(stage.p99Ms / p99Ms).toFixed(2)}`);
    }
    say(`\n${protocol}`);
    const outputFile = process.env['NISUS_GATE_OUTPUT'];
    // A stand-in passes no gate.
    if (outputFile !== undefined && !options.stub) writeFileSync(outputFile, JSON.stringify({ figures, protocol }));
  } finally {
    await Promise.all([server.stop(), floor?.stop()]);
  }
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
