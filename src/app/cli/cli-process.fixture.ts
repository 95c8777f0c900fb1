import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const program = path.resolve(import.meta.dirname, 'main.ts');

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves with the match as soon as one of the outputs has it; rejects when the command ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A place of its own for one test file: a home, a folder for data, commands run in it. */
export interface CliPlace {
  readonly folder: string;
  readonly home: string;
  write(name: string, content: string): string;
  start(...args: readonly string[]): RunningCommand;
  run(...args: readonly string[]): Promise<CommandResult>;
  /** Runs what a test builds on; rejects with what was said where it fails. */
  succeed(...args: readonly string[]): Promise<void>;
  remove(): void;
}

/** Makes the place: a new temporary folder. */
export function createCliPlace(): CliPlace {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-cli-'));
  const home = path.join(folder, 'home');
  const start = (...args: readonly string[]) => startCommand(args, folder, home);
  return {
    folder,
    home,
    write(name, content) {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    },
    start,
    run: (...args) => start(...args).ended,
    async succeed(...args) {
      const { code, stderr } = await start(...args).ended;
      if (code !== 0) throw new Error(`\`nisus ${args.join(' ')}\` ended with ${code}: ${stderr}`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function startCommand(args: readonly string[], folder: string, home: string): RunningCommand {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NISUS_HOME: home, NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'nisus-compile-cache') },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
    for (const listener of listeners) listener();
  });
  const ended = new Promise<CommandResult>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`\`nisus ${args.join(' ')}\` ended without ${pattern}:\n${stdout}\n${stderr}`)));
      }),
  };
}

/** Users who walk round a ring of items, each from its own start: the next item follows from the last. */
export function ringCsv(users: number, items: number, length: number): string {
  const rows = ['user_id,item_id,timestamp'];
  for (let user = 0; user < users; user++) {
    const steps = length + (user % 5);
    for (let step = 0; step < steps; step++)
      rows.push(`u${user},i${(user * 7 + step) % items},${1_700_000_000 + user * 100_000 + step * 600}`);
  }
  return `${rows.join('\n')}\n`;
}

/** A training of a second: small, with a checkpoint every few steps. */
export const TINY_TRAINING = [
  '--epochs',
  '3',
  '--dimension',
  '8',
  '--max-length',
  '10',
  '--batch-size',
  '8',
  '--checkpoint-every',
  '3',
  '--blocks',
  '1',
] as const;
