import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import type { Event } from '../../data/events/event.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { createMemoryEventLog } from '../../data/events/memory-event-log.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { silentProgress } from '../progress.ts';
import type { Server } from '../server/create-server.ts';
import { ringData, ringService, startServer } from '../server/server.fixture.ts';
import { WORLD_VERSION } from '../../world/world-version.ts';
import { buildWorld, historyPolicy, worldOf } from './build-world.ts';
import { sendEvents } from './http-event-sink.ts';
import { liveWorld } from './live-world.ts';
import { worldServer } from './world-server.ts';
import { writeWorldRecord, type WorldRecord } from './world-record.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 0, 5);

/** A world with a history of eighteen hours. */
const RECORD: WorldRecord = {
  kind: 'nisus-world',
  formatVersion: 1,
  preset: 'tiny',
  seed: 7,
  worldVersion: WORLD_VERSION,
  startMs: START_MS,
  historyEndMs: START_MS + 18 * HOUR_MS,
  state: 'ready',
  events: 0,
};

let folder: string;
let log: EventLog;
let server: Server;
let nowMs: number;
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-live-'));
  nowMs = RECORD.historyEndMs + 90_500;
  await writeWorldRecord(folder, RECORD);
  log = createMemoryEventLog();
  const data = ringData();
  const service = ringService({ data: { ...data, itemIds: data.itemIds.map((_, at) => `content:p${at}`) } });
  server = await startServer({ service, clock, events: { log } });
});

afterEach(async () => {
  await server.close();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param say told of the lines that people read */
function contextOf(say: (line: string) => void = () => {}) {
  return { home: folder, clock, logger: silentLogger, signal: new AbortController().signal, progress: silentProgress, say };
}

/** Lives for some minutes of a clock that is moved on by waiting. */
async function live(minutes: number, wait: (ms: number) => void = (ms) => (nowMs += ms)): Promise<readonly string[]> {
  const lines: string[] = [];
  await liveWorld(
    platformFolder(folder),
    { url: server.url, ticksMax: minutes, wait: async (ms) => wait(ms) },
    contextOf((line) => void lines.push(line)),
  );
  return lines;
}

async function stored(): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const batch of log.read(0)) events.push(...batch.events);
  return events;
}

test('it goes on where its history ended, in step with the clock, with what the server answers', async () => {
  const lines = await live(120);
  expect(lines).toHaveLength(121);
  expect(lines[0]).toMatch(/living against http:\S+ from 2026-01-05T18:01:00.000Z on/);
  const events = await stored();
  expect(events.length).toBeGreaterThan(300);
  for (const { timeMs } of events) expect(timeMs).toBeLessThan(nowMs);
  // Events of before, that come late, tell of pages of before.
  const beginMs = RECORD.historyEndMs + MINUTE_MS;
  const feed = events.filter(({ action, timeMs, context }) => action === 'impression' && timeMs >= beginMs && context.surface === 'feed');
  expect(feed.length).toBeGreaterThan(50);
  expect(new Set(feed.map(({ context }) => context.modelVersion))).toEqual(new Set(['ring@r1']));
  const told = lines.slice(1).map((line) => Number(/([\d,]+) events/.exec(line)![1]!.replaceAll(',', '')));
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(events.length);
});

test('a second life reuses no id of the first, so none of its events is taken for one of them', async () => {
  await live(120);
  await live(60);
  const { events, duplicates, tooLate, inFuture } = await log.statistics();
  expect(events).toBeGreaterThan(400);
  expect({ duplicates, tooLate, inFuture }).toEqual({ duplicates: 0, tooLate: 0, inFuture: 0 });
  const sessions = (await stored()).filter(({ action }) => action === 'session-start').map(({ context }) => context.sessionId);
  expect(new Set(sessions).size).toBe(sessions.length);
});

test('its catalog holds what the world holds at the end', async () => {
  await live(60);
  const catalog = await openCatalog({ file: platformFolder(folder).catalog, clock, readOnly: true });
  try {
    const subjects = await catalog.list('subject', { limit: 10_000 });
    const world = worldOf(RECORD);
    await world.run({ policy: historyPolicy(world), untilMs: RECORD.historyEndMs });
    expect(subjects.length).toBeGreaterThan([...world.subjects()].length);
    expect(await catalog.get('user', ['u0', 'u199'])).toEqual([expect.anything(), expect.anything()]);
  } finally {
    await catalog.close();
  }
});

test('a clock that is set back makes it wait, and does not end it', async () => {
  let waits = 0;
  const lines = await live(5, (ms) => (nowMs += waits++ === 2 ? -10 * MINUTE_MS : ms));
  expect(lines).toHaveLength(6);
});

test('a folder without a whole history is said to be none', async () => {
  await writeWorldRecord(folder, { ...RECORD, state: 'history' });
  await expect(live(1)).rejects.toMatchObject({ code: 'WORLD_MISSING', message: expect.stringContaining(folder) });
});

test('a world whose seed lives differently by now is not lived on, nor is one taken for another', async () => {
  await writeWorldRecord(folder, { ...RECORD, worldVersion: WORLD_VERSION - 1 });
  await expect(live(1)).rejects.toMatchObject({ code: 'WORLD_VERSION', message: expect.stringContaining(folder) });
  const build = (preset: 'tiny' | 'demo', seed: number) => buildWorld(platformFolder(folder), { preset, seed }, contextOf());
  // What was made of it can still be used.
  expect(await build('tiny', 7)).toMatchObject({ state: 'ready' });
  await expect(build('tiny', 8)).rejects.toMatchObject({
    code: 'WORLD_OTHER',
    message: expect.stringMatching(/tiny of seed 7, not tiny of seed 8/),
  });
  await expect(build('demo', 7)).rejects.toMatchObject({ code: 'WORLD_OTHER' });
  await writeWorldRecord(folder, { ...RECORD, worldVersion: WORLD_VERSION - 1, state: 'history' });
  await expect(build('tiny', 7)).rejects.toMatchObject({ code: 'WORLD_VERSION' });
});

test('a server that is not there, or is another program, is told before anybody visits', async () => {
  await server.close();
  await expect(live(1)).rejects.toMatchObject({ code: 'WORLD_SERVER' });
  const other = createHttpServer((_message, response) => response.end('{}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const at = worldServer(url, { signal: new AbortController().signal, wait: async () => {} });
  await expect(sendEvents(at, [someEvent('e')])).rejects.toMatchObject({
    code: 'WORLD_SERVER',
    message: expect.stringMatching(/its answer to \/v1\/events is not that of a Nisus server: \{\}/),
  });
  await new Promise((resolve) => other.close(resolve));
});

test('a world is not mixed into a platform of somebody else', async () => {
  const taken = path.join(folder, 'shop');
  mkdirSync(path.join(taken, 'log'), { recursive: true });
  const choice = { preset: 'tiny', seed: 1 } as const;
  await expect(buildWorld(platformFolder(taken), choice, contextOf())).rejects.toMatchObject({
    code: 'WORLD_OTHER',
    fields: { folder: taken },
  });
  expect(existsSync(path.join(taken, 'world.json'))).toBe(false);
  writeFileSync(path.join(folder, 'file'), '');
  await expect(buildWorld(platformFolder(path.join(folder, 'file')), choice, contextOf())).rejects.toMatchObject({ code: 'FILE_SYSTEM' });
});
