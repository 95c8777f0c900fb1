import { createRandom } from '../../../base/random.ts';
import type { EventAction } from '../../events/event-actions.ts';
import { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event } from '../../events/event.ts';

/** How many of what {@link worldEvents} knows. */
export interface WorldSizes {
  readonly users: number;
  readonly subjects: number;
  readonly authors: number;
  readonly tags: number;
  readonly instruments: number;
}

const SMALL: WorldSizes = { users: 60, subjects: 200, authors: 20, tags: 15, instruments: 6 };
const START_MS = Date.UTC(2026, 0, 5);

/** Cumulative shares of actions, about those of a feed beside an exchange. */
const MIX: readonly (readonly [share: number, action: EventAction])[] = [
  [0.6, 'impression'],
  [0.74, 'click'],
  [0.84, 'dwell'],
  [0.87, 'like'],
  [0.875, 'comment'],
  [0.88, 'share'],
  [0.885, 'follow'],
  [0.89, 'hide'],
  [0.9, 'open'],
  [0.905, 'adopt'],
  [0.925, 'query'],
  [0.935, 'result-click'],
  [0.945, 'order-placed'],
  [0.95, 'trade-filled'],
  [0.97, 'session-start'],
  [1, 'price'],
];

/**
 * Events as of a feed beside an exchange, one by one: popularity falls off as a power of the rank, some come late, some
 * out of order. One seed, one sequence. `gapMs` is the mean time between two.
 */
export function* worldEvents(seed: number, count: number, sizes: WorldSizes = SMALL, gapMs = 20_000): Generator<Event> {
  const random = createRandom(seed, 'world-events');
  // Inverse of a density ∝ 1/x: ranks are log-uniform, which is Zipf's law with exponent 1.
  const rank = (most: number) => Math.min(most - 1, Math.floor(most ** random.next() - 1));
  let receivedTimeMs = START_MS;
  for (let at = 0; at < count; at++) {
    receivedTimeMs += random.integer(2 * gapMs);
    const draw = random.next();
    const action = MIX.find(([share]) => draw < share)![1];
    const isPrice = action === 'price';
    const user = rank(sizes.users);
    // Two thirds of what users meet is of their own taste: a few dozen subjects of theirs, in place of those popular with all.
    const met = random.next() < 0.67 ? (user * 7919 + rank(40) * 13) % sizes.subjects : rank(sizes.subjects);
    const subject = isPrice ? sizes.subjects + random.integer(sizes.instruments) : met;
    const hasSubject = action !== 'query' && action !== 'session-start';
    const lateMs = random.next() < 0.05 ? random.integer(3_600_000) : random.integer(2000);
    yield {
      id: `e${seed}-${at}`,
      userId: isPrice ? null : `u${user}`,
      subject: hasSubject ? subjectOf(subject, sizes) : null,
      action,
      value: isPrice
        ? 100 + random.next()
        : action === 'dwell'
          ? 500 + random.integer(60_000)
          : action === 'order-placed'
            ? random.integer(100_000)
            : null,
      quantity: isPrice ? random.integer(1000) : null,
      query: action === 'query' ? `query ${rank(500)}` : null,
      timeMs: receivedTimeMs - lateMs,
      receivedTimeMs,
      context: {
        ...NO_CONTEXT,
        surface: isPrice ? null : random.next() < 0.8 ? 'feed' : 'search',
        sessionId: `s${rank(sizes.users)}-${Math.floor(at / 1000)}`,
        requestId: `r${Math.floor(at / 10)}`,
        position: isPrice ? null : random.integer(20),
        propensity: 0.5,
        modelVersion: 'm1',
      },
      schemaVersion: EVENT_SCHEMA_VERSION,
    };
  }
}

function subjectOf(number: number, sizes: WorldSizes): NonNullable<Event['subject']> {
  if (number >= sizes.subjects) {
    const id = `I${number - sizes.subjects}-USDT`;
    return { kind: 'instrument', id, authorId: null, tags: [], instruments: [id] };
  }
  const tags = [`tag-${number % sizes.tags}`, `tag-${(number * 7 + 1) % sizes.tags}`];
  const instruments = number % 3 === 0 ? [`I${number % sizes.instruments}-USDT`] : [];
  return { kind: 'content', id: `post-${number}`, authorId: `a${(number * 13) % sizes.authors}`, tags, instruments };
}
