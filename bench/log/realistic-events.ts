import { createHash } from 'node:crypto';
import { createRandom } from '../../src/base/random.ts';
import type { EventAction } from '../../src/data/events/event-actions.ts';
import type { Event, EventSubject } from '../../src/data/events/event.ts';

/** Users and subjects that the events are of. */
export const USERS = 50_000;

/** Posts and instruments. */
export const SUBJECTS = 20_000;

const ACTIONS: readonly EventAction[] = [
  ...Array<EventAction>(12).fill('impression'), 'click', 'click', 'click', 'dwell', 'dwell', 'like', 'open', 'order-placed',
]; // prettier-ignore

const START_MS = 1_700_000_000_000;

/** Events a second of the log's own time. */
const PER_SECOND = 140;

/**
 * Events as an app sends them: pages of impressions with position and propensity, clicks, dwells; popular users and subjects; ids like
 * random UUIDs. Batch `b` of a seed is always the same.
 */
export function createEventSource(seed: number): (batch: number, size: number) => Event[] {
  const random = createRandom(seed, 'log-subjects');
  const tags = Array.from({ length: 60 }, (_, at) => `topic-${at}`);
  const instruments = Array.from({ length: 80 }, (_, at) => `COIN${at}-USDT`);
  const pick = <Value>(list: readonly Value[]) => list[random.integer(list.length)]!;
  const subjects = Array.from({ length: SUBJECTS }, (_, at): EventSubject => {
    if (at % 20 === 0) {
      const id = instruments[(at / 20) % instruments.length]!;
      return { kind: 'instrument', id, authorId: null, tags: ['spot'], instruments: [id] };
    }
    return {
      kind: 'content',
      id: `post-${100_000 + at}`,
      authorId: `author-${random.integer(900)}`,
      tags: [pick(tags), pick(tags), at % 3 === 0 ? '市场' : pick(tags)],
      instruments: at % 2 === 0 ? [pick(instruments)] : [],
    };
  });
  return (batch, size) => {
    const draw = createRandom(seed, 'log-batch', batch);
    // Cubes of uniform numbers: the first percent of ranks has a fifth of all events.
    const popular = (count: number) => Math.floor(count * draw.next() ** 3);
    const ids = createHash('shake256', { outputLength: size * 16 })
      .update(`${seed} ${batch}`)
      .digest('hex');
    return Array.from({ length: size }, (_, at): Event => {
      const page = Math.floor(at / 10);
      const action = ACTIONS[draw.integer(ACTIONS.length)]!;
      const id = ids.slice(at * 32, at * 32 + 32);
      const timeMs = START_MS + Math.floor(((batch * size + at) * 1000) / PER_SECOND);
      return {
        id: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
        userId: `user-${popular(USERS)}`,
        subject: subjects[popular(SUBJECTS)]!,
        action,
        value: action === 'dwell' ? draw.integer(60_000) : action === 'order-placed' ? draw.integer(1_000_000) : null,
        quantity: null,
        query: null,
        timeMs: timeMs - draw.integer(2000),
        receivedTimeMs: timeMs,
        context: {
          surface: draw.integer(5) === 0 ? 'search' : 'feed',
          sessionId: `session-${batch}-${page >> 1}`,
          requestId: `request-${batch}-${page}`,
          position: at % 10,
          propensity: Math.round(draw.next() * 1e6 + 1) / 1e6,
          modelVersion: 'hstu-2026-11-25',
          experiments: { ranker: draw.integer(2) === 0 ? 'a' : 'b', layout: 'wide' },
        },
        schemaVersion: 1,
      };
    });
  };
}
