import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FencedBlock } from './markdown.ts';

/** How long one block may take. */
const BLOCK_TIMEOUT_MS = 8 * 60_000;
/** What a server prints once it answers. */
const LISTENING = /listening on http/i;

/** What became of the blocks of one document. */
export interface BlocksReport {
  readonly ran: number;
  /** Why blocks were left out, one line each. */
  readonly skipped: readonly string[];
  /** What failed: the first failure ends a document. */
  readonly failure: string | null;
}

/**
 * Runs the blocks of a document that are marked for it, in order, in the repository, with a `NISUS_HOME` of their own.
 *
 * - `sh run`: `bash -euo pipefail`; must end with 0.
 * - `sh run server`: goes on in the background once it says that it listens; stopped with SIGINT after the last block.
 * - `needs=PATH` beside either: left out, with its reason, where PATH (from the root) is missing.
 */
export async function runBlocks(
  file: string,
  blocks: readonly FencedBlock[],
  root: string,
  timeoutMs = BLOCK_TIMEOUT_MS,
): Promise<BlocksReport> {
  const home = mkdtempSync(path.join(tmpdir(), 'nisus-docs-'));
  const env = { ...process.env, NISUS_HOME: home };
  const stops: (() => Promise<void>)[] = [];
  const skipped: string[] = [];
  let ran = 0;
  let failure: string | null = null;
  try {
    for (const block of blocks.filter(({ info }) => info[0] === 'sh' && info.includes('run'))) {
      const where = `${file}:${block.line}`;
      const missing = block.info.filter((word) => word.startsWith('needs=')).find((word) => !existsSync(path.join(root, word.slice(6))));
      if (missing !== undefined) {
        skipped.push(`${where}: ${missing.slice(6)} is not here`);
        continue;
      }
      console.log(`\n--- ${where}\n${block.text}`);
      const { problem, stop } = await runBlock(block, root, env, timeoutMs);
      stops.push(stop);
      ran++;
      if (problem !== null) {
        failure = `${where}: ${problem}`;
        break;
      }
    }
  } finally {
    for (const stop of stops) await stop();
    rmSync(home, { recursive: true, force: true });
  }
  return { ran, skipped, failure };
}

interface RunningBlock {
  readonly problem: string | null;
  readonly stop: () => Promise<void>;
}

async function runBlock(block: FencedBlock, root: string, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<RunningBlock> {
  const isServer = block.info.includes('server');
  // A group of its own, so that all that the block started can be stopped.
  const child = spawn('bash', ['-euo', 'pipefail', '-c', block.text], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const signalAll = (signal: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // The group is gone.
    }
  };
  const closed = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${code ?? signal}`));
  });
  let said = '';
  const listening = new Promise<'listening'>((resolve) => {
    const hear = (chunk: Buffer) => {
      process.stdout.write(chunk);
      said = (said + chunk.toString()).slice(-4_000);
      if (LISTENING.test(said)) resolve('listening');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`took longer than ${timeoutMs / 1000} s`), timeoutMs);
  });

  const outcome = await Promise.race([closed, late, ...(isServer ? [listening] : [])]);
  clearTimeout(timer);
  const isRunning = isServer && outcome === 'listening';
  const problem = isRunning ? null : isServer && outcome === null ? 'ended before it said that it listens' : outcome;
  return {
    problem,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (isRunning) signalAll('SIGINT');
      else signalAll('SIGKILL');
      const kill = setTimeout(() => signalAll('SIGKILL'), 15_000);
      await closed;
      clearTimeout(kill);
    },
  };
}
