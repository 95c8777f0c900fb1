import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** One rate to be offered to one server. */
export interface LoadJob {
  readonly url: string;
  /** A file with one request body a line. */
  readonly bodiesFile: string;
  readonly k: number;
  readonly ratePerSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly seed: string;
  readonly connectionsMax: number;
  readonly timeoutMs: number;
}

/** What the load process measured; latencies ascending. */
export interface LoadReport {
  readonly latenciesMs: readonly number[];
  readonly sendDelaysMs: readonly number[];
  readonly errors: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** CPU time of the load process itself. */
  readonly cpuMs: number;
}

/**
 * Runs a job in a process of its own.
 *
 * @param onMeasuring called when the warm-up is over
 * @throws Error when the process fails
 */
export async function runLoad(job: LoadJob, folder: string, onMeasuring: () => void): Promise<LoadReport> {
  const jobFile = path.join(folder, 'job.json');
  writeFileSync(jobFile, JSON.stringify(job));
  const program = path.join(import.meta.dirname, 'load-process.ts');
  const child = spawn(process.execPath, [program, jobFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let report: LoadReport | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'measuring') onMeasuring();
    else report = JSON.parse(line) as LoadReport;
  }
  const code = await exited;
  if (report === undefined || code !== 0) throw new Error(`the load process ended with exit code ${code} and no report`);
  return report;
}
