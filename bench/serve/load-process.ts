/**
 * The load generator as a process of its own: reads a job from the file named by its argument, prints a report as JSON.
 * Started by `bench/serve/main.ts`.
 */
import { readFileSync } from 'node:fs';
import { createRandom } from '../../src/base/random.ts';
import { scheduleArrivals } from './arrival-schedule.ts';
import type { LoadJob, LoadReport } from './load-job.ts';
import { runOpenLoop } from './open-loop.ts';

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as LoadJob;
const bodies = readFileSync(job.bodiesFile, 'utf8').trimEnd().split('\n');
const { url, k, connectionsMax, timeoutMs, ratePerSecond } = job;
const plan = { url, bodies, k, connectionsMax, timeoutMs };

function schedule(seconds: number, label: string): Float64Array {
  return scheduleArrivals(createRandom(job.seed, 'arrivals', label, ratePerSecond), ratePerSecond, seconds);
}

if (job.warmUpSeconds > 0) await runOpenLoop({ ...plan, arrivalsMs: schedule(job.warmUpSeconds, 'warm-up') });
// The counters start after the warm-up; the parent starts its own at this line.
process.stdout.write('measuring\n');
const cpuBefore = process.cpuUsage();
const result = await runOpenLoop({ ...plan, arrivalsMs: schedule(job.seconds, 'measured') });
const cpu = process.cpuUsage(cpuBefore);
const report: LoadReport = {
  latenciesMs: [...result.latenciesMs],
  sendDelaysMs: [...result.sendDelaysMs],
  errors: result.errors,
  durationMs: result.durationMs,
  cpuMs: (cpu.user + cpu.system) / 1000,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
