import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { silentLogger } from '../../../base/logger.ts';
import type { Event } from '../event.ts';
import { crashBatch, crashBatchSize } from './appending-process.fixture.ts';
import { openEventLog } from './open-event-log.ts';

/** Small, so that kills also meet segments that are being sealed. */
export const CRASH_SEGMENT_EVENTS = 20_000;

/** What a killed program left to be checked. */
export interface KilledAppending {
  /** Numbers of the batches that it said were on the disk. */
  readonly acknowledged: readonly number[];
  /** Batches of which the log said that something else became of them than should. */
  readonly wrong: readonly string[];
}

/** Starts `appending-process.fixture.ts` and kills it with `kill -9` when `untilKill` resolves; it is told of each batch acknowledged. */
export async function killAppending(
  folder: string,
  firstBatch: number,
  untilKill: (onAcknowledged: (callback: (count: number) => void) => void) => Promise<void>,
): Promise<KilledAppending> {
  const program = join(import.meta.dirname, 'appending-process.fixture.ts');
  const child = spawn(process.execPath, [program, folder, String(firstBatch), String(CRASH_SEGMENT_EVENTS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  const wrong: string[] = [];
  let tell: (count: number) => void = () => undefined;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (/^\d+$/.test(line)) acknowledged.push(Number(line));
      else wrong.push(line);
    }
    tell(acknowledged.length);
  });
  const ended = once(child, 'close');
  await Promise.race([untilKill((callback) => (tell = callback)), ended]);
  child.kill('SIGKILL');
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the appending process ended by itself with code ${code}`);
  return { acknowledged, wrong };
}

/** What is in a log after a kill. */
export interface LogAfterKill {
  /** Acknowledged batches that are not there. */
  readonly lost: number;
  /** Ids that are there more than once. */
  readonly twice: number;
  /** Batches of which only some events are there, or in a wrong order. */
  readonly halfBatches: number;
  /** Users whose events, read by user, are not those of the whole log. */
  readonly wrongUsers: number;
  /** Batches that were there and were taken again when they were sent again. */
  readonly takenAgain: number;
  readonly events: number;
  /** A number that no batch had yet. */
  readonly nextBatch: number;
}

/**
 * Opens the log as its program would after a kill, and looks at everything.
 *
 * @param acknowledged of all kills so far
 * @param look called with the events in order, for checks of what is made of them
 */
export async function checkAfterKill(
  folder: string,
  acknowledged: ReadonlySet<number>,
  look: (events: readonly Event[]) => Promise<void> = async () => undefined,
): Promise<LogAfterKill> {
  const log = await openEventLog(folder, { segmentEventsMax: CRASH_SEGMENT_EVENTS }, { logger: silentLogger });
  try {
    const events: Event[] = [];
    for await (const batch of log.read(0)) for (const event of batch.events) events.push(event);
    const ids = new Set(events.map((event) => event.id));
    const found = new Map<number, number>();
    let disordered = 0;
    for (const { id } of events) {
      const [batch, at] = id.split('-').map(Number) as [number, number];
      const seen = found.get(batch) ?? 0;
      if (at !== seen) disordered++;
      found.set(batch, seen + 1);
    }
    let halfBatches = disordered;
    for (const [batch, count] of found) if (count !== crashBatchSize(batch)) halfBatches++;
    let lost = 0;
    for (const batch of acknowledged) if (!found.has(batch)) lost++;
    let wrongUsers = 0;
    for (let user = 0; user < 97; user += 16) {
      const expected = events.filter((event) => event.userId === `user-${user}`).slice(-50);
      const read = await log.readUser(`user-${user}`, { limit: 50 });
      if (read.map((event) => event.id).join() !== expected.map((event) => event.id).join()) wrongUsers++;
    }
    let takenAgain = 0;
    const present = [...found.keys()];
    // The latest, which no segment holds yet, and some of all.
    for (const batch of new Set([...present.slice(-8), ...present.filter((_, at) => at % Math.ceil(present.length / 20) === 0)])) {
      const { accepted } = await log.append(crashBatch(batch));
      if (accepted > 0) takenAgain++;
    }
    await look(events);
    const nextBatch = Math.max(-1, ...present) + 1;
    return { lost, twice: events.length - ids.size, halfBatches, wrongUsers, takenAgain, events: events.length, nextBatch };
  } finally {
    await log.close();
  }
}
