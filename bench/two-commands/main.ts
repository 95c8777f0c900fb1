// The gate `two-commands`: what a newcomer types on a fresh clone, with Node.js and npm alone and an empty npm cache.
// `npm test` and `npm start` each get a clone of their own, because each must do its own set-up.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newcomerEnvironment, runIn, type ClonedCommand } from './fresh-clone.ts';

const LISTENING = /listening on (https?:\/\/[^\s"']+)/i;
const SET_UP = /set-up done in ([\d.]+) s/;
/** A start may take this long in all, set-up counted. */
const START_TIMEOUT_MS = 15 * 60_000;
const TEST_TIMEOUT_MS = 20 * 60_000;
const STOP_TIMEOUT_MS = 30_000;

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'nisus-two-commands-'));
const round = (seconds: number) => Math.round(seconds * 100) / 100;

function clone(name: string): { folder: string; environment: NodeJS.ProcessEnv } {
  const folder = path.join(scratch, name, 'nisus');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, folder], { stdio: 'inherit' });
  return { folder, environment: newcomerEnvironment(root, path.join(scratch, name)) };
}

async function within<Result>(command: ClonedCommand, timeoutMs: number, work: Promise<Result>): Promise<Result> {
  const timer = setTimeout(() => command.signalAll('SIGKILL'), timeoutMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether nothing listens on a port, by listening on it. */
async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

interface Answer {
  readonly items: readonly { readonly itemId: string }[];
  readonly source: string;
}

/** Asks for a user never seen (popular items), then with those items as a history (the model's). */
async function answers(address: string): Promise<boolean> {
  const ask = async (body: object): Promise<Answer | null> => {
    const response = await fetch(new URL('/v1/recommend', address), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    console.log(`POST /v1/recommend ${JSON.stringify(body)}: ${response.status} ${text.slice(0, 400)}`);
    return response.ok ? (JSON.parse(text) as Answer) : null;
  };
  const health = await fetch(new URL('/healthz', address));
  console.log(`GET /healthz: ${health.status}`);
  const popular = await ask({ userId: 'a user never seen', k: 3 });
  if (!health.ok || popular === null) return false;
  const personal = await ask({ history: popular.items.map(({ itemId }) => itemId), k: 5 });
  return popular.items.length === 3 && popular.source === 'popularity' && personal?.items.length === 5 && personal.source === 'model';
}

/** Stops a start as Ctrl-C in a terminal does, SIGINT to all of it; whether it then ends in good time. */
async function stop(command: ClonedCommand): Promise<boolean> {
  const beganMs = performance.now();
  command.signalAll('SIGINT');
  await within(command, STOP_TIMEOUT_MS, command.closed);
  return performance.now() - beganMs < STOP_TIMEOUT_MS;
}

async function measure() {
  const host = newcomerEnvironment(root, path.join(scratch, 'host'));
  const versions = ['node', 'npm'].map((tool) => execFileSync(tool, ['--version'], { env: host, encoding: 'utf8' }).trim());

  console.log('\n# npm test');
  const tested = clone('test');
  const testBegan = performance.now();
  const test = runIn(tested.folder, tested.environment, 'npm', ['test']);
  const testCode = await within(test, TEST_TIMEOUT_MS, test.closed);
  const testSeconds = (performance.now() - testBegan) / 1000;
  rmSync(path.join(scratch, 'test'), { recursive: true, force: true });

  console.log('\n# npm start');
  const started = clone('start');
  const first = runIn(started.folder, started.environment, 'npm', ['start']);
  const listens = await within(first, START_TIMEOUT_MS, first.hears(LISTENING));
  const setupSeconds = Number(SET_UP.exec(first.said())?.[1] ?? 0);
  const recommendAnswers = listens !== null && (await answers(listens.match[1]!));
  const hasEnded = await stop(first);
  const port = listens === null ? 0 : Number(new URL(listens.match[1]!).port);
  const isStopped = await isFree(port);

  console.log('\n# npm start, again');
  const second = runIn(started.folder, started.environment, 'npm', ['start']);
  const listensAgain = await within(second, START_TIMEOUT_MS, second.hears(LISTENING));
  await stop(second);

  return {
    figures: {
      testPasses: testCode === 0,
      testSeconds: round(testSeconds),
      startListens: listens !== null,
      startSeconds: round(listens?.seconds ?? START_TIMEOUT_MS / 1000),
      setupSeconds,
      startAfterSetupSeconds: round((listens?.seconds ?? START_TIMEOUT_MS / 1000) - setupSeconds),
      recommendAnswers,
      stopsCleanly: hasEnded && isStopped,
      secondStartSeconds: round(listensAgain?.seconds ?? START_TIMEOUT_MS / 1000),
    },
    protocol:
      `git clone of HEAD into an empty folder, once for each command; empty npm cache; host Node.js ${versions[0]} and npm ${versions[1]}; ` +
      'seconds from typing the command to its last line (npm test) or to "listening on" (npm start)',
  };
}

try {
  const result = await measure();
  console.log(`\n${JSON.stringify(result, null, 2)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined) writeFileSync(output, JSON.stringify(result));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
