import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A server under load, in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** CPU time used so far, user and system; null where the system does not tell (it is read from /proc). */
  cpuMs(): number | null;
  /** Largest resident set so far in MiB; null where the system does not tell. */
  memoryMaxMiB(): number | null;
  /** Asks it to end and waits for that. */
  stop(): Promise<void>;
}

/** Kernel ticks a second in /proc; 100 on every Linux that Node.js supports. */
const ticksPerSecond = 100;

/**
 * Starts `node …args` and waits for its line `listening on http://…` on standard output.
 *
 * @throws Error when it ends, or 60 seconds pass, before that line
 */
export async function startServerProcess(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill(), 60_000);
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const match = /listening on (http:\/\/\S+)/.exec(line);
      if (match !== null) resolve(match[1]!.replace(/\/$/, ''));
    });
    lines.once('close', () => reject(new Error(`\`node ${args.join(' ')}\` ended before it was listening`)));
  }).finally(() => clearTimeout(timer));

  const readProc = (file: string): string | null => {
    try {
      return readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
    } catch {
      return null;
    }
  };
  return {
    url,
    cpuMs() {
      // The name of the program (field 2, in brackets) may hold blanks; what is counted stands after it.
      const fields = readProc('stat')
        ?.replace(/^.*\) /, '')
        .split(' ');
      return fields === undefined ? null : ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
    },
    memoryMaxMiB() {
      const kibibytes = /VmHWM:\s+(\d+)/.exec(readProc('status') ?? '')?.[1];
      return kibibytes === undefined ? null : Number(kibibytes) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
