// One contestant of the log's bench, in a process of its own:
//   node contestant.ts nisus|rows FOLDER EVENTS SEED IN_FLIGHT
// Prints one line of JSON. Only the time between handing batches over and their acknowledgement counts, not that of making them.

import Database from 'better-sqlite3';
import path from 'node:path';
import { statSync } from 'node:fs';
import { silentLogger } from '../../src/base/logger.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';
import { createRandom } from '../../src/base/random.ts';
import type { Event } from '../../src/data/events/event.ts';
import { createEventSource, USERS } from './realistic-events.ts';

const BATCH = 1000;
/** Batches that are made beforehand, outside of the clock: as few as can be, for what waits in memory is moved about by the garbage collector, inside of it. */
const MADE_IN_FLIGHT = 40;

const [name, folder, eventsText, seedText, inFlightText] = process.argv.slice(2) as [string, string, string, string, string];
const batches = Number(eventsText) / BATCH;
const inFlight = Number(inFlightText);
const MADE = inFlight === 1 ? 1 : MADE_IN_FLIGHT;
const made = createEventSource(Number(seedText));
/** As they come from a request: parsed, with nothing shared between them. */
const source = (batch: number, size: number) => JSON.parse(JSON.stringify(made(batch, size))) as Event[];
const fullRate = (events: number, ms: number) => Math.round((events / ms) * 1000);

interface Appending {
  append(events: readonly Event[]): Promise<unknown>;
}

/** Appends everything; milliseconds of the whole, and of each tenth. */
async function appendAll(
  log: Appending,
): Promise<{ readonly ms: number; readonly slowestTenthMs: number; readonly latenciesMs: number[] }> {
  let ms = 0;
  const tenths = new Float64Array(10);
  const latenciesMs: number[] = [];
  for (let from = 0; from < batches; from += MADE) {
    const waiting = Array.from({ length: Math.min(MADE, batches - from) }, (_, at) => source(from + at, BATCH));
    const startMs = performance.now();
    let next = 0;
    const lane = async () => {
      while (next < waiting.length) {
        const handedMs = performance.now();
        await log.append(waiting[next++]!);
        latenciesMs.push(performance.now() - handedMs);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    const spentMs = performance.now() - startMs;
    ms += spentMs;
    tenths[Math.floor((from / batches) * 10)]! += spentMs;
  }
  return { ms, slowestTenthMs: Math.max(...tenths), latenciesMs };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
}

async function nisus(): Promise<Record<string, number>> {
  let log = await openEventLog(folder, {}, { logger: silentLogger });
  const { ms, slowestTenthMs, latenciesMs } = await appendAll(log);
  const memoryMiB = process.memoryUsage().rss / 2 ** 20;
  // A batch from the beginning and one from the end again: nothing of them may be taken.
  let takenTwice = 0;
  for (const batch of [0, batches - 1]) takenTwice += (await log.append(source(batch, BATCH))).accepted;
  await log.close();
  const openStartMs = performance.now();
  log = await openEventLog(folder, {}, { logger: silentLogger });
  const openMs = performance.now() - openStartMs;
  let read = 0;
  const readStartMs = performance.now();
  for await (const { events } of log.read(0)) read += events.length;
  const readMs = performance.now() - readStartMs;
  const random = createRandom(Number(seedText), 'log-users');
  const users: number[] = [];
  for (let call = 0; call < 2000; call++) {
    const userId = `user-${Math.floor(USERS * random.next() ** 3)}`;
    const startMs = performance.now();
    const events = await log.readUser(userId, { limit: 50 });
    users.push(performance.now() - startMs);
    if (events.some((event) => event.userId !== userId)) throw new Error('an event of another user');
  }
  const { bytes, events } = await log.statistics();
  await log.close();
  if (events !== batches * BATCH || read !== events) throw new Error(`${events} events in the log, ${read} read`);
  return {
    eventsPerSecond: fullRate(events, ms),
    slowestTenthEventsPerSecond: fullRate(events / 10, slowestTenthMs),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    maxMs: Math.max(...latenciesMs),
    memoryMiB: Math.round(memoryMiB),
    bytesPerEvent: Math.round(bytes / events),
    openMs: Math.round(openMs),
    readEventsPerSecond: fullRate(read, readMs),
    readUserP50Ms: quantile(users, 0.5),
    readUserP99Ms: quantile(users, 0.99),
    takenTwice,
  };
}

/** The plain way: a row an event, its JSON in it, ids unique, users indexed. */
async function rows(): Promise<Record<string, number>> {
  const file = path.join(folder, 'rows.sqlite');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE event (offset INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT, time_ms INTEGER NOT NULL, received_time_ms INTEGER NOT NULL,
      action TEXT NOT NULL, body TEXT NOT NULL);
    CREATE INDEX event_user ON event (user_id, offset);
  `);
  const insert = database.prepare(
    'INSERT OR IGNORE INTO event (id, user_id, time_ms, received_time_ms, action, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const append = database.transaction((events: readonly Event[]) => {
    for (const { id, userId, timeMs, receivedTimeMs, action, subject, value, quantity, query, context } of events) {
      insert.run(id, userId, timeMs, receivedTimeMs, action, JSON.stringify({ subject, value, quantity, query, context }));
    }
  });
  const { ms, slowestTenthMs, latenciesMs } = await appendAll({ append: async (events) => append(events) });
  const memoryMiB = process.memoryUsage().rss / 2 ** 20;
  database.close();
  return {
    eventsPerSecond: fullRate(batches * BATCH, ms),
    slowestTenthEventsPerSecond: fullRate((batches * BATCH) / 10, slowestTenthMs),
    p99Ms: quantile(latenciesMs, 0.99),
    memoryMiB: Math.round(memoryMiB),
    bytesPerEvent: Math.round(statSync(file).size / (batches * BATCH)),
  };
}

console.log(JSON.stringify(name === 'nisus' ? await nisus() : await rows()));
