import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendRejection } from './append-result.ts';
import type { Event } from './event.ts';
import type { EventBatch, EventLog } from './event-log.ts';
import { someEvent } from './some-event.fixture.ts';

/** What the suite opens logs with. */
export interface SuiteOptions {
  readonly latenessMsMax?: number;
  readonly futureMsMax?: number;
  readonly batchEventsMax?: number;
}

/** A place where one log lies. */
export interface LogPlace {
  /** Opens it, with what was put there before. One at a time. */
  open(options: SuiteOptions): Promise<EventLog>;
  /** Takes it away. */
  remove(): Promise<void>;
}

/** All of a reading, flattened, offsets checked. */
export async function eventsOf(batches: AsyncIterable<EventBatch>): Promise<{ readonly offsets: number[]; readonly events: Event[] }> {
  const offsets: number[] = [];
  const events: Event[] = [];
  for await (const batch of batches) {
    expect(batch.events.length).toBeGreaterThan(0);
    batch.events.forEach((event, at) => {
      expect(batch.firstOffset + at).toBeGreaterThan(offsets.at(-1) ?? -1);
      offsets.push(batch.firstOffset + at);
      events.push(event);
    });
  }
  return { offsets, events };
}

const MINUTE_MS = 60_000;
const START_MS = 1_700_000_000_000;

/** Events `from` to `to - 1`, a second apart. */
export function eventsFrom(from: number, to: number, fields: (at: number) => Partial<Event> = () => ({})): Event[] {
  return Array.from({ length: to - from }, (_, at) =>
    someEvent(`e${from + at}`, { timeMs: START_MS + (from + at) * 1000, userId: `u${(from + at) % 5}`, ...fields(from + at) }),
  );
}

/** What every event log must do. @param isKept whether what was appended is there when the place is opened again */
export function describeEventLog(name: string, makePlace: () => Promise<LogPlace>, { isKept }: { readonly isKept: boolean }): void {
  describe(name, () => {
    let place: LogPlace;
    let log: EventLog;
    beforeEach(async () => {
      place = await makePlace();
      log = await place.open({ latenessMsMax: 10 * MINUTE_MS, futureMsMax: MINUTE_MS });
    });
    afterEach(async () => {
      await log.close();
      await place.remove();
    });
    const reopen = async (options: SuiteOptions = { latenessMsMax: 10 * MINUTE_MS, futureMsMax: MINUTE_MS }) => {
      if (!isKept) return;
      await log.close();
      log = await place.open(options);
    };

    it('is empty at first', async () => {
      expect(await eventsOf(log.read(0))).toEqual({ offsets: [], events: [] });
      expect(await log.readUser('u1', { limit: 5 })).toEqual([]);
      expect(await log.append([])).toEqual({ accepted: 0, nextOffset: 0, rejected: [] });
      expect(await log.dropBefore(1e15)).toBe(0);
      expect(await log.statistics()).toEqual({
        events: 0, firstOffset: 0, nextOffset: 0, bytes: expect.any(Number), firstTimeMs: null, lastTimeMs: null, lastReceivedTimeMs: null,
        duplicates: 0, tooLate: 0, inFuture: 0, outOfOrder: 0,
      }); // prettier-ignore
    });

    it('gives back what was appended, in order, from any offset, in batches of any length', async () => {
      const events = eventsFrom(0, 2500);
      expect(await log.append(events.slice(0, 7))).toEqual({ accepted: 7, nextOffset: 7, rejected: [] });
      expect(await log.append(events.slice(7, 2100))).toMatchObject({ accepted: 2093, rejected: [] });
      await log.append(events.slice(2100));
      for (const [from, batchEventsMax] of [
        [0, 1000],
        [0, 7],
        [3, 1],
        [999, 1001],
        [1000, 5000],
        [2499, 10],
        [2500, 10],
        [9999, 10],
      ] as const) {
        // prettier-ignore
        const batches: number[] = [];
        const seen = (async function* () {
          for await (const batch of log.read(from, { batchEventsMax })) {
            batches.push(batch.events.length);
            yield batch;
          }
        })();
        const read = await eventsOf(seen);
        expect(read.events).toEqual(events.slice(from));
        expect(Math.max(0, ...batches)).toBeLessThanOrEqual(batchEventsMax);
      }
      await reopen();
      const all = await eventsOf(log.read(0));
      expect(all.events).toEqual(events);
      expect(await log.statistics()).toMatchObject({
        events: 2500,
        firstTimeMs: START_MS,
        lastTimeMs: START_MS + 2_499_000,
        outOfOrder: 0,
      });
    });

    it('takes each id once: within a batch, from batch to batch, and after it was opened again', async () => {
      const [a, b, c] = eventsFrom(0, 3) as [Event, Event, Event];
      expect(await log.append([a, b, a, { ...b, value: 9 }])).toMatchObject({
        accepted: 2,
        rejected: [2, 3].map((index) => ({ index, reason: 'duplicate' })),
      });
      expect(await log.append([c, { ...a, timeMs: 1 }])).toMatchObject({ accepted: 1, rejected: [{ index: 1, reason: 'duplicate' }] });
      await reopen();
      expect(await log.append([b, a, c])).toMatchObject({ accepted: 0, nextOffset: 3 });
      expect((await eventsOf(log.read(0))).events).toEqual([a, b, c]);
      expect(await log.statistics()).toMatchObject({ events: 3, duplicates: 6 });
    });

    it('takes the same batch twice at once as one', async () => {
      const events = eventsFrom(0, 50);
      const results = await Promise.all([log.append(events), log.append(events), log.append(events)]);
      expect(results.map((result) => result.accepted)).toEqual([50, 0, 0]);
      expect((await eventsOf(log.read(0))).events).toEqual(events);
    });

    it('accepts late events up to the bound, counts those out of order, and rejects what is beyond, in the past and in the future', async () => {
      const at = (id: string, timeMs: number, receivedTimeMs = timeMs) => someEvent(id, { timeMs, receivedTimeMs });
      const now = START_MS;
      const reasons = async (events: Event[]) => (await log.append(events)).rejected;
      expect(await reasons([at('now', now), at('late', now - 10 * MINUTE_MS), at('too late', now - 10 * MINUTE_MS - 1)])).toEqual([
        { index: 2, reason: 'too-late' },
      ]);
      expect(await reasons([at('ahead', now + MINUTE_MS, now), at('too far', now + MINUTE_MS + 1, now)])).toEqual([
        { index: 1, reason: 'in-future' },
      ]);
      // The latest time moved within the batch before.
      expect(await reasons([at('late now', now - 9 * MINUTE_MS - 1)])).toEqual([{ index: 0, reason: 'too-late' }]);
      await reopen();
      expect(await reasons([at('still late', now - 9 * MINUTE_MS - 1), at('good', now - 9 * MINUTE_MS)])).toEqual([
        { index: 0, reason: 'too-late' },
      ]);
      // What was rejected is not known by its id.
      expect(await reasons([at('too late', now)])).toEqual([]);
      expect(await log.statistics()).toMatchObject({ events: 5, tooLate: 3, inFuture: 1, outOfOrder: 3, lastTimeMs: now + MINUTE_MS });
    });

    it('lets received times rise only', async () => {
      const received = [5, 3, 9, 8, 9].map((offset) => START_MS + offset);
      const events = eventsFrom(0, 5, (at) => ({ timeMs: START_MS, receivedTimeMs: received[at]! }));
      await log.append(events.slice(0, 2));
      await log.append(events.slice(2, 4));
      await reopen();
      await log.append(events.slice(4));
      const stored = (await eventsOf(log.read(0))).events;
      expect(stored.map((event) => event.receivedTimeMs - START_MS)).toEqual([5, 5, 9, 9, 9]);
      expect(await log.statistics()).toMatchObject({ lastReceivedTimeMs: START_MS + 9 });
    });

    it('reads the latest events of a user, and what was known of him at a moment', async () => {
      const events = eventsFrom(0, 1300, (at) => ({
        userId: at === 4 ? null : `u${at % 13}`,
        timeMs: START_MS,
        receivedTimeMs: START_MS + Math.floor(at / 10),
      }));
      for (const from of [0, 1, 400, 800]) await log.append(events.slice(from, { 0: 1, 1: 400, 400: 800, 800: 1300 }[from]));
      const expected = (userId: string, limit: number, before = Infinity) =>
        events.filter((event) => event.userId === userId && event.receivedTimeMs < before).slice(-limit);
      const check = async () => {
        expect(await log.readUser('u3', { limit: 1000 })).toEqual(expected('u3', 1000));
        expect(await log.readUser('u4', { limit: 1000 })).toEqual(expected('u4', 1000));
        expect(await log.readUser('u3', { limit: 4 })).toEqual(expected('u3', 4));
        expect(await log.readUser('nobody', { limit: 4 })).toEqual([]);
        for (const before of [START_MS, START_MS + 1, START_MS + 40, START_MS + 41, START_MS + 127, START_MS + 9999]) {
          expect(await log.readUser('u7', { limit: 5, receivedBeforeMs: before })).toEqual(expected('u7', 5, before));
        }
      };
      await check();
      await reopen();
      await check();
    });

    it('shows a reader what was there when it began, and a follower all that comes', async () => {
      const events = eventsFrom(0, 30);
      await log.append(events.slice(0, 10));
      const reading = log.read(0, { batchEventsMax: 4 });
      const stop = new AbortController();
      const followed: Event[] = [];
      const until = (count: number) => expect.poll(() => followed.length, { interval: 1, timeout: 30_000 }).toBe(count);
      const following = (async () => {
        for await (const batch of log.follow(5, { batchEventsMax: 3, signal: stop.signal })) followed.push(...batch.events);
      })();
      await until(5);
      await log.append(events.slice(10, 20));
      await until(15);
      expect((await eventsOf(reading)).events).toEqual(events.slice(0, 10));
      await Promise.all([log.append(events.slice(20, 25)), log.append(events.slice(25))]);
      await until(25);
      stop.abort();
      await following;
      expect(followed).toEqual(events.slice(5));
      expect(await eventsOf(log.follow(0, { signal: AbortSignal.abort() }))).toEqual({ offsets: [], events: [] });
    });

    it('lets a reader leave in the middle', async () => {
      await log.append(eventsFrom(0, 100));
      for await (const { events } of log.read(0, { batchEventsMax: 10 })) {
        expect(events).toHaveLength(10);
        break;
      }
      await log.append(eventsFrom(100, 110));
      expect((await eventsOf(log.read(0))).events).toHaveLength(110);
    });

    it('keeps many appends at once apart and in order', async () => {
      const batches = Array.from({ length: 40 }, (_, at) => eventsFrom(at * 25, at * 25 + 25));
      const results = await Promise.all(batches.map((batch) => log.append(batch)));
      results.forEach((result, at) => expect(result.nextOffset).toBe(results[0]!.nextOffset + at * 25));
      const { events } = await eventsOf(log.read(0));
      expect(events).toEqual(batches.flat());
    });

    it('drops old blocks whole, forgets their ids, and goes on', async () => {
      const events = eventsFrom(0, 90);
      for (let from = 0; from < 90; from += 10) await log.append(events.slice(from, from + 10));
      const time = (at: number) => START_MS + at * 1000;
      expect(await log.dropBefore(time(35))).toBe(30);
      const check = async () => {
        const kept = await eventsOf(log.read(0));
        expect(kept.events).toEqual(events.slice(30));
        expect(await log.statistics()).toMatchObject({
          events: 60,
          firstOffset: kept.offsets[0]!,
          firstTimeMs: time(30),
          lastTimeMs: time(89),
        });
        expect(await log.readUser('u1', { limit: 100 })).toEqual(events.slice(30).filter((event) => event.userId === 'u1'));
      };
      await check();
      await reopen();
      await check();
      // An id that went is as good as new, one that stayed is not.
      expect(await log.append([events[29]!, events[30]!])).toMatchObject({ accepted: 1, rejected: [{ index: 1, reason: 'duplicate' }] });
      expect(await log.append([events[29]!])).toMatchObject({ accepted: 0 });
      const last = (await eventsOf(log.read(0))).events.at(-1)!;
      expect(last).toEqual({ ...events[29]!, receivedTimeMs: events[89]!.receivedTimeMs });
      expect(await log.dropBefore(1e15)).toBe(61);
      const { nextOffset } = await log.statistics();
      expect(await log.statistics()).toMatchObject({ events: 0, firstOffset: nextOffset, firstTimeMs: null, lastReceivedTimeMs: null });
      await reopen();
      // The latest time is not forgotten: what was too late stays so.
      expect(await log.append([{ ...events[0]!, timeMs: time(89) - 10 * MINUTE_MS - 1 }])).toMatchObject({
        accepted: 0,
        rejected: [{ index: 0, reason: 'too-late' }],
      });
      expect(await log.append([events[0]!])).toMatchObject({ accepted: 1 });
      expect((await eventsOf(log.read(0))).offsets[0]).toBeGreaterThanOrEqual(nextOffset);
    });

    it('refuses a batch that is too large, whole', async () => {
      await log.close();
      await place.remove();
      place = await makePlace();
      log = await place.open({ batchEventsMax: 10 });
      await expect(log.append(eventsFrom(0, 11))).rejects.toMatchObject({ code: 'LOG_BATCH_TOO_LARGE' });
      expect(await log.append(eventsFrom(0, 10))).toMatchObject({ accepted: 10 });
    });

    it('refuses offsets and limits that mean nothing', async () => {
      expect(() => log.read(-1)).toThrow(expect.objectContaining({ code: 'LOG_OPTION' }));
      expect(() => log.read(0, { batchEventsMax: 0 })).toThrow(expect.objectContaining({ code: 'LOG_OPTION' }));
      await expect(log.readUser('u', { limit: 0 })).rejects.toMatchObject({ code: 'LOG_OPTION' });
    });

    it('finishes what was appended when it is closed, and refuses what comes after', async () => {
      const appended = log.append(eventsFrom(0, 100));
      const follower = eventsOf(log.follow(0, { signal: new AbortController().signal }));
      follower.catch(() => undefined);
      const closing = Promise.all([log.close(), log.close()]);
      expect(await appended).toMatchObject({ accepted: 100 });
      await closing;
      await expect(log.append(eventsFrom(100, 101))).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      await expect(follower).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      await expect(log.statistics()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      await expect(log.readUser('u', { limit: 1 })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
      expect(() => log.read(0)).toThrow(expect.objectContaining({ code: 'LOG_CLOSED' }));
    });

    it('does what a list with a set of ids does', async () => {
      const step = fc.oneof(
        { weight: 8, arbitrary: fc.array(fc.array(draft(), { maxLength: 30 }), { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.constant('reopen' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const options = { latenessMsMax: 50, futureMsMax: 10 };
          const own = await makePlace();
          let model = await own.open(options);
          const naive = naiveLog(options);
          try {
            for (const batches of steps) {
              if (batches === 'reopen') {
                if (isKept) await model.close();
                if (isKept) model = await own.open(options);
                continue;
              }
              const results = await Promise.all(batches.map((batch) => model.append(batch)));
              expect(results.map((result) => result.rejected)).toEqual(batches.map((batch) => naive.append(batch)));
            }
            expect((await eventsOf(model.read(0, { batchEventsMax: 7 }))).events).toEqual(naive.events);
            for (const userId of ['u0', 'u1']) {
              const ofUser = naive.events.filter((event) => event.userId === userId);
              expect(await model.readUser(userId, { limit: 6 })).toEqual(ofUser.slice(-6));
            }
            expect(await model.statistics()).toMatchObject({ events: naive.events.length, ...naive.counts });
          } finally {
            await model.close();
            await own.remove();
          }
        }),
        { numRuns: 12 },
      );
    });
  });
}

function draft(): fc.Arbitrary<Event> {
  return fc
    .record({ id: fc.nat(120), user: fc.constantFrom('u0', 'u1', null), time: fc.nat(100), received: fc.nat(100) })
    .map(({ id, user, time, received }) =>
      someEvent(`id-${id}`, { userId: user, timeMs: START_MS + time, receivedTimeMs: START_MS + received }),
    );
}

function naiveLog(options: { readonly latenessMsMax: number; readonly futureMsMax: number }) {
  const events: Event[] = [];
  const counts = { duplicates: 0, tooLate: 0, inFuture: 0, outOfOrder: 0 };
  return {
    events,
    counts,
    append(batch: readonly Event[]) {
      const rejected: { index: number; reason: AppendRejection }[] = [];
      batch.forEach((event, index) => {
        const latest = Math.max(-Infinity, ...events.map((each) => each.timeMs));
        const receivedTimeMs = Math.max(event.receivedTimeMs, events.at(-1)?.receivedTimeMs ?? 0);
        if (events.some((each) => each.id === event.id)) {
          counts.duplicates++;
          rejected.push({ index, reason: 'duplicate' });
        } else if (event.timeMs < latest - options.latenessMsMax) {
          counts.tooLate++;
          rejected.push({ index, reason: 'too-late' });
        } else if (event.timeMs > receivedTimeMs + options.futureMsMax) {
          counts.inFuture++;
          rejected.push({ index, reason: 'in-future' });
        } else {
          if (event.timeMs < latest) counts.outOfOrder++;
          events.push({ ...event, receivedTimeMs });
        }
      });
      return rejected;
    },
  };
}
