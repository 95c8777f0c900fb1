import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** A command that runs in a fresh clone, with what it said. */
export interface ClonedCommand {
  readonly child: ChildProcess;
  /** Its exit code or the signal's name, once all that holds its output has ended. */
  readonly closed: Promise<number | string>;
  /** All it printed so far, both streams. */
  said(): string;
  /** Sends a signal to it and to all that it started. */
  signalAll(signal: NodeJS.Signals): void;
  /** The first match of a pattern in what it prints, with the seconds since its start; null when it ends before. */
  hears(pattern: RegExp): Promise<{ readonly match: RegExpExecArray; readonly seconds: number } | null>;
}

/**
 * The environment that a newcomer has: this one without what npm, a gate or an earlier set-up put there, and with
 * folders of its own for npm's cache and for what Nisus keeps.
 *
 * @param root this repository, whose runtime and tools must not be found on the PATH
 */
export function newcomerEnvironment(root: string, scratch: string): NodeJS.ProcessEnv {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NISUS_|NODE|INIT_CWD|COLOR)/i.test(name)));
  const places = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((place) => !place.startsWith(root + path.sep) && !place.includes('node_modules'));
  mkdirSync(path.join(scratch, 'npm-cache'), { recursive: true });
  return { ...environment, PATH: places.join(path.delimiter), npm_config_cache: path.join(scratch, 'npm-cache') };
}

/** Runs a command line in a folder, its output streamed behind a mark. */
export function runIn(folder: string, environment: NodeJS.ProcessEnv, program: string, args: readonly string[]): ClonedCommand {
  const startedMs = performance.now();
  // A group of its own, so that nothing of it outlives a failed gate.
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  const hearers = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk.toString().replaceAll(/^(?=.)/gm, '  | '));
    for (const hearer of hearers) hearer();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const closed = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    child,
    closed,
    said: () => said,
    signalAll(signal) {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // All of it is gone.
      }
    },
    async hears(pattern) {
      const found = new Promise<{ match: RegExpExecArray; seconds: number }>((resolve) => {
        const look = () => {
          const match = pattern.exec(said);
          if (match !== null) resolve({ match, seconds: (performance.now() - startedMs) / 1000 });
        };
        hearers.add(look);
        look();
      });
      return await Promise.race([found, closed.then(() => null)]);
    },
  };
}
