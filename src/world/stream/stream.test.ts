import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CONTEXT, type Event } from '../../data/events/event.ts';
import { createCalendar } from './calendar.ts';
import { createEventDigest, digestEvents } from './digest-events.ts';
import { createJournal } from './journal.ts';
import { createOutbox } from './outbox.ts';

const TICK_MS = 60_000;

describe('the outbox', () => {
  it('hands every event on in the tick of its receipt, in order of receipt and then of writing', () => {
    const plan = fc.array(fc.record({ tick: fc.nat(50), afterMs: fc.nat(TICK_MS - 1), lagMs: fc.nat(40 * TICK_MS) }), { maxLength: 60 });
    fc.assert(
      fc.property(plan, (events) => {
        const outbox = createOutbox(TICK_MS, 100);
        const journal = createJournal(outbox, 'x.');
        const received: Event[] = [];
        for (let tick = 100; tick < 200; tick++) {
          for (const { tick: at, afterMs, lagMs } of events) {
            if (at + 100 === tick) journal.write('u1', 'session-start', null, tick * TICK_MS + afterMs, lagMs);
          }
          const now = outbox.take(tick);
          for (const { receivedTimeMs } of now) expect(Math.floor(receivedTimeMs / TICK_MS)).toBe(tick);
          received.push(...now);
        }
        expect(received).toHaveLength(events.length);
        expect(outbox.size()).toBe(0);
        expect(new Set(received.map(({ id }) => id)).size).toBe(events.length);
        for (let at = 1; at < received.length; at++) {
          const [a, b] = [received[at - 1]!, received[at]!];
          const order = Number.parseInt(a.id.slice(2), 36) - Number.parseInt(b.id.slice(2), 36);
          expect(a.receivedTimeMs < b.receivedTimeMs || (a.receivedTimeMs === b.receivedTimeMs && order < 0)).toBe(true);
        }
      }),
    );
  });
});

describe('the calendar', () => {
  it('gives users back in their tick, in order of index, however they were put', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }), fc.boolean(), (ticks, backwards) => {
        const calendar = createCalendar(ticks.length, 30);
        const users = [...ticks.keys()];
        for (const user of backwards ? users.toReversed() : users) calendar.put(user, 1_000 + ticks[user]!);
        for (let tick = 1_001; tick <= 1_030; tick++) {
          expect(calendar.take(tick)).toEqual(users.filter((user) => ticks[user] === tick - 1_000));
        }
      }),
    );
  });
});

const EVENT: Event = {
  id: 'e1',
  userId: 'u1',
  subject: { kind: 'content', id: 'p1', authorId: 'u2', tags: ['a', 'b'], instruments: ['BTC-USDT'] },
  action: 'click',
  value: 1,
  quantity: null,
  query: 'é',
  timeMs: 5,
  receivedTimeMs: 6,
  context: { ...NO_CONTEXT, surface: 'feed', position: 0, propensity: 0.5, experiments: { a: 'x', b: 'y' } },
  schemaVersion: 1,
};

describe('the digest of events', () => {
  it('moves with every field, with order and with borders between texts', () => {
    const { context, subject } = EVENT;
    const others: Event[] = [
      { ...EVENT, id: 'e2' },
      { ...EVENT, userId: null },
      { ...EVENT, subject: null },
      { ...EVENT, subject: { ...subject!, kind: 'feature' } },
      { ...EVENT, subject: { ...subject!, authorId: null } },
      { ...EVENT, subject: { ...subject!, tags: ['ab', ''] } },
      { ...EVENT, subject: { ...subject!, tags: ['a'], instruments: ['b', 'BTC-USDT'] } },
      { ...EVENT, action: 'like' },
      { ...EVENT, value: null },
      { ...EVENT, value: 0 },
      { ...EVENT, quantity: 1 },
      { ...EVENT, query: 'e' },
      { ...EVENT, timeMs: 6 },
      { ...EVENT, receivedTimeMs: 7 },
      { ...EVENT, context: { ...context, surface: null } },
      { ...EVENT, context: { ...context, sessionId: 'feed', surface: null } },
      { ...EVENT, context: { ...context, requestId: 'r' } },
      { ...EVENT, context: { ...context, position: null } },
      { ...EVENT, context: { ...context, propensity: 0.500_000_000_000_001 } },
      { ...EVENT, context: { ...context, modelVersion: 'm' } },
      { ...EVENT, context: { ...context, experiments: { a: 'y', b: 'x' } } },
      { ...EVENT, schemaVersion: 2 },
    ];
    const digests = [EVENT, ...others].map((event) => digestEvents([event]));
    expect(new Set(digests).size).toBe(others.length + 1);
    expect(digestEvents([EVENT, others[0]!])).not.toBe(digestEvents([others[0]!, EVENT]));
    expect(digestEvents([{ ...EVENT, context: { ...context, experiments: { b: 'y', a: 'x' } } }])).toBe(digests[0]);
  });

  it('is the same however the events are cut, and goes on after it was read', () => {
    const events = Array.from({ length: 3_000 }, (_, at) => ({
      ...EVENT,
      id: `e${at}`,
      query: at === 1_500 ? 'long '.repeat(20_000) : 'é',
    }));
    const digest = createEventDigest();
    digest.add(events.slice(0, 7));
    expect(digest.value()).toBe(digestEvents(events.slice(0, 7)));
    digest.add(events.slice(7, 2_000));
    digest.add(events.slice(2_000));
    expect(digest.value()).toBe(digestEvents(events));
    expect(digest.count()).toBe(3_000);
  });
});
