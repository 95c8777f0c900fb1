import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import type { Event } from '../event.ts';
import type { EventLog } from '../event-log.ts';
import { eventsFrom, eventsOf } from '../event-log-suite.fixture.ts';
import { logFile } from './log-database.ts';
import type { EventLogOptions } from './log-options.ts';
import { openEventLog } from './open-event-log.ts';
import { openEventLogReader } from './open-event-log-reader.ts';

let folder: string;
let logs: EventLog[];
const open = async (options: EventLogOptions = {}) => {
  const log = await openEventLog(folder, options, { logger: silentLogger });
  logs.push(log);
  return log;
};
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-log-'));
  logs = [];
});
afterEach(async () => {
  await Promise.allSettled(logs.map((log) => log.close()));
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded event log', () => {
  it('lets one writer in and names him to the next, in this process and in others', async () => {
    const log = await open({ owner: 'the server, process 7' });
    await expect(open()).rejects.toThrow('open for writing by the server, process 7');
    const source = `
      import { openEventLog } from ${JSON.stringify(join(import.meta.dirname, 'open-event-log.ts'))};
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      await openEventLog(${JSON.stringify(folder)}, {}, { logger }).then((log) => log.close(), (error) => console.log(error.code));`;
    const other = () => execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' }).trim();
    expect(other()).toBe('LOG_LOCKED');
    await log.close();
    expect(other()).toBe('');
    await (await open()).close();
  });

  it('refuses more than may wait, keeps what it took, and goes on', async () => {
    const log = await open({ batchEventsMax: 100, queueEventsMax: 250 });
    const batches = [0, 1, 2, 3].map((at) => eventsFrom(at * 100, at * 100 + 100));
    const results = await Promise.allSettled(batches.map((batch) => log.append(batch)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { code: 'LOG_BUSY', fields: { waiting: 200, queueEventsMax: 250 } } });
    expect(await log.append(batches[3]!)).toMatchObject({ accepted: 100, nextOffset: 300 });
    expect((await eventsOf(log.read(0))).events).toEqual([...batches[0]!, ...batches[1]!, ...batches[3]!]);
  });

  it('stores nothing of a batch that the disk has no room for, nor of those behind it, and goes on when there is room', async () => {
    const log = await open({ bytesMax: 1_000_000, segmentEventsMax: 5000 });
    const batch = (at: number) => eventsFrom(at * 1000, at * 1000 + 1000, (event) => ({ query: `${event}`.repeat(12) }));
    const stored: Event[] = [];
    let at = 0;
    for (let full = false; !full;) {
      const results = await Promise.allSettled([log.append(batch(at)), log.append(batch(at + 1)), log.append(batch(at + 2))]);
      for (const result of results) {
        if (result.status === 'rejected') {
          expect(result.reason).toMatchObject({ code: 'LOG_WRITE', message: expect.stringContaining('full') });
          full = true;
        } else {
          // Once one failed, all behind it did.
          expect(full).toBe(false);
          stored.push(...batch(at));
        }
        if (!full) at++;
      }
      expect(at).toBeLessThan(100);
    }
    expect(stored.length).toBeGreaterThan(0);
    const check = async (opened: EventLog) => {
      expect((await eventsOf(opened.read(0))).events).toEqual(stored);
      expect(await opened.statistics()).toMatchObject({ events: stored.length, nextOffset: stored.length, duplicates: 0 });
      expect((await opened.readUser('u1', { limit: 1e6 })).length).toBe(stored.length / 5);
    };
    await check(log);
    await expect(log.append(batch(at))).rejects.toThrow(code('LOG_WRITE'));
    await log.close();
    const again = await open({ bytesMax: 1_000_000, segmentEventsMax: 5000 });
    await check(again);
    expect(await again.dropBefore(stored.at(-1)!.timeMs)).toBeGreaterThan(0);
    // What was refused is not known by its id.
    expect(await again.append(batch(at))).toMatchObject({ accepted: 1000, rejected: [] });
  });

  it('takes a batch back whole when one of its events is none, and goes on', async () => {
    const log = await open({ segmentEventsMax: 4 });
    const [a, b, c] = eventsFrom(0, 3) as [Event, Event, Event];
    for (const fields of [{ value: NaN }, { id: 7 }, { id: '' }, { action: 'fly' }, { timeMs: 'now' }]) {
      await expect(log.append([a, b, { ...c, ...(fields as unknown as Event) }])).rejects.toThrow(code('EVENT_NOT_STORABLE'));
    }
    expect(await log.append([a, b, c])).toEqual({ accepted: 3, nextOffset: 3, rejected: [] });
    expect(await log.readUser('u0', { limit: 9 })).toEqual([a]);
  });

  it('rejects what waits and what comes when its writer is gone, and opens again', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>;
    const log = await open();
    const [worker] = await started;
    const events = eventsFrom(0, 20);
    await log.append(events.slice(0, 10));
    const ending = worker.terminate();
    const waiting = log.append(events.slice(10));
    await expect(waiting).rejects.toThrow(code('LOG_WRITE'));
    await ending;
    await expect(log.append(events.slice(10))).rejects.toThrow(code('LOG_WRITE'));
    await expect(log.dropBefore(1)).rejects.toThrow(code('LOG_WRITE'));
    expect((await eventsOf(log.read(0))).events).toEqual(events.slice(0, 10));
    await log.close();
    const again = await open();
    const { accepted } = await again.append(events);
    expect(accepted).toBe(10);
  });

  it.each([
    [
      'a file of another kind',
      async () => writeFile(logFile(folder), 'not a database, and longer than a header of one would be'.repeat(20)),
    ],
    [
      'a later version',
      async () => {
        const database = new Database(logFile(folder));
        database.pragma('user_version = 9');
        database.close();
      },
    ],
  ])('says what is wrong with %s', async (_what, spoil) => {
    await spoil();
    await expect(open()).rejects.toThrow(code('LOG_UNREADABLE'));
    await expect(openEventLogReader(folder, {}, { wait: async () => undefined })).rejects.toThrow(code('LOG_UNREADABLE'));
  });

  it('says which option is wrong', async () => {
    await expect(open({ batchEventsMax: 0 })).rejects.toThrow('batchEventsMax');
    await expect(open({ batchEventsMax: 10, queueEventsMax: 9 })).rejects.toThrow('queueEventsMax must not be below');
    expect(await readdir(folder)).toEqual([]);
  });

  it('never gives an event of a damaged block', async () => {
    const log = await open();
    await log.append(eventsFrom(0, 10));
    await log.close();
    const database = new Database(logFile(folder));
    const data = database.prepare('SELECT data FROM block_data').pluck().get() as Buffer;
    data[100]! ^= 1;
    database.prepare('UPDATE block_data SET data = ?').run(data);
    database.close();
    const reader = await openEventLogReader(folder, {}, { wait: async () => undefined });
    await expect(eventsOf(reader.read(0))).rejects.toThrow(code('EVENT_BLOCK_DAMAGED'));
    await reader.close();
  });
});

describe('a reader of the embedded event log', () => {
  it('reads, follows and finds users beside the writer, before and after segments are sealed', async () => {
    const log = await open({ segmentEventsMax: 30 });
    const waits: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => void waits.push(resolve));
    const reader = await openEventLogReader(folder, {}, { wait });
    const events = eventsFrom(0, 200);
    const followed: Event[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const batch of reader.follow(0, { signal: stop.signal })) followed.push(...batch.events);
    })();
    for (let from = 0; from < 200; from += 10) {
      await log.append(events.slice(from, from + 10));
      if (from % 50 === 0) {
        const known = events.slice(0, from + 10).filter((event) => event.userId === 'u2');
        expect(await reader.readUser('u2', { limit: 500 })).toEqual(known);
        expect(await log.readUser('u2', { limit: 500 })).toEqual(known);
      }
      for (const wake of waits.splice(0)) wake();
    }
    await expect
      .poll(
        () => {
          for (const wake of waits.splice(0)) wake();
          return followed.length;
        },
        { interval: 1 },
      )
      .toBe(200);
    expect(followed).toEqual(events);
    stop.abort();
    for (const wake of waits.splice(0)) wake();
    await following;
    expect(await reader.statistics()).toMatchObject({ events: 200, nextOffset: 200 });
    expect(await log.dropBefore(events[100]!.timeMs)).toBe(100);
    expect(await reader.readUser('u2', { limit: 500 })).toEqual(events.slice(100).filter((event) => event.userId === 'u2'));
    await reader.close();
    await expect(reader.statistics()).rejects.toThrow(code('LOG_CLOSED'));
  });

  it('names a file that was cut short, whoever opens or reads it', async () => {
    const log = await open();
    for (let batch = 0; batch < 30; batch++) await log.append(eventsFrom(batch * 1000, (batch + 1) * 1000));
    await log.close();
    await truncate(logFile(folder), Math.floor(statSync(logFile(folder)).size / 2));
    const problem = { code: 'LOG_UNREADABLE', message: expect.stringMatching(/damaged/) };
    await expect(open()).rejects.toMatchObject(problem);
    const reading = async () => {
      const reader = await openEventLogReader(folder, {}, { wait: async () => {} });
      try {
        for await (const _ of reader.read(0));
        await reader.readUser('u1', { limit: 10 });
      } finally {
        await reader.close();
      }
    };
    await expect(reading()).rejects.toMatchObject(problem);
  });

  it('needs a log that is there', async () => {
    await expect(openEventLogReader(folder, {}, { wait: async () => undefined })).rejects.toThrow(code('LOG_UNREADABLE'));
  });
});
