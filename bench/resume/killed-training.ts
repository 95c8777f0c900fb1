import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSafetensors } from '../../src/base/safetensors.ts';

const program = path.resolve(import.meta.dirname, '../../src/app/cli/main.ts');

/** How one process of a training ended. */
export interface TrainingPart {
  readonly isKilled: boolean;
  readonly seconds: number;
}

/**
 * Runs `nisus train …` in a process of its own.
 *
 * @param killAfterMs kills it (SIGKILL, which no program can hear) after so long, if it runs so long; null lets it end
 * @throws Error when it ends by itself with another code than 0
 */
export async function trainInProcess(args: readonly string[], home: string, killAfterMs: number | null): Promise<TrainingPart> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, 'train', ...args, '--quiet', '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NISUS_HOME: home },
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  if (timer !== null) clearTimeout(timer);
  const isKilled = signal === 'SIGKILL';
  if (!isKilled && code !== 0) throw new Error(`nisus train ended with ${code ?? signal}: ${said.slice(-2000)}`);
  return { isKilled, seconds: (performance.now() - began) / 1000 };
}

/** The step of a run's latest checkpoint; null where there is none yet. */
export function checkpointStep(folder: string): number | null {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'checkpoint.json'), 'utf8')) as { step: number }).step;
  } catch {
    return null;
  }
}

/** Every figure of a run's report, as one text: all rankers, all cutoffs, all intervals and differences; no durations. */
export function reportedFigures(folder: string): string {
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as {
    readonly protocol: unknown;
    readonly rows: readonly { readonly ranker: string; readonly metrics: unknown }[];
    readonly comparisons: unknown;
  };
  return JSON.stringify([report.protocol, report.rows.map(({ ranker, metrics }) => [ranker, metrics]), report.comparisons]);
}

/**
 * Whether a file of two runs holds the same bytes; of checkpoints, the same tensors and the same facts but for the
 * commit, which may move while a benchmark runs.
 */
export async function isSameFile(first: string, second: string, name: string): Promise<boolean> {
  const [one, other] = [path.join(first, name), path.join(second, name)];
  if (!name.endsWith('.safetensors')) return readFileSync(one).equals(readFileSync(other));
  return (await checkpointContent(one)) === (await checkpointContent(other));
}

async function checkpointContent(file: string): Promise<string> {
  const { tensors, metadata } = await readSafetensors(file);
  const { gitRevision: _, ...facts } = metadata;
  const bytes = [...tensors].map(([name, { dtype, shape, data }]) => {
    const digest = createHash('sha256')
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex');
    return [name, dtype, shape, digest];
  });
  return JSON.stringify([facts, bytes]);
}
