import fc from 'fast-check';
import { createMemoryEventLog } from '../features/stream/memory-event-log.fixture.ts';
import { NO_CONTEXT, type Event, type EventSubject } from '../events/event.ts';
import type { EventAction } from '../events/event-actions.ts';
import { someEvent } from '../events/some-event.fixture.ts';
import type { ActionData } from './read-actions.ts';
import { readActions, type ReadActionsOptions } from './read-actions.ts';
import type { TaskDeclaration } from './task-declaration.ts';

/** A post that mentions two instruments, one that mentions none, two feature cards, two instruments. */
export const SUBJECTS: Readonly<Record<'post' | 'plain' | 'spot' | 'help' | 'btc' | 'eth', EventSubject>> = {
  post: { kind: 'content', id: 'post', authorId: 'anna', tags: ['defi', 'news'], instruments: ['BTC', 'ETH'] },
  plain: { kind: 'content', id: 'plain', authorId: 'ben', tags: ['trading'], instruments: [] },
  spot: { kind: 'feature', id: 'spot', authorId: null, tags: ['bitcoin', 'trading'], instruments: [] },
  help: { kind: 'feature', id: 'help', authorId: null, tags: [], instruments: [] },
  btc: { kind: 'instrument', id: 'BTC', authorId: null, tags: ['spot'], instruments: ['BTC'] },
  eth: { kind: 'instrument', id: 'ETH', authorId: null, tags: [], instruments: ['ETH'] },
};

/** A name of {@link SUBJECTS}. */
export type SubjectName = keyof typeof SUBJECTS;

/** What one event of a test says: user, action, subject, moments, request; everything else is what the action asks for. */
export interface Deed {
  readonly action: EventAction;
  readonly at: number;
  /** @default 'u' */
  readonly user?: string;
  readonly subject?: SubjectName;
  /** Received that much after it happened; below 0: the sender's clock is ahead. @default 0 */
  readonly lag?: number;
  readonly request?: string | null;
  readonly position?: number | null;
  readonly surface?: string | null;
  readonly value?: number | null;
  readonly query?: string;
}

const WITHOUT_SUBJECT: readonly EventAction[] = ['query', 'refine', 'deposit', 'withdrawal', 'session-start', 'session-end'];

/** Events of deeds, in the order given, ids by place. */
export function eventsOf(deeds: readonly Deed[]): Event[] {
  return deeds.map(({ action, at, user = 'u', subject = 'post', lag = 0, request = null, value = null, ...rest }, place) =>
    someEvent(`e${place}`, {
      userId: action === 'price' ? null : user,
      subject: WITHOUT_SUBJECT.includes(action) ? null : SUBJECTS[action === 'price' ? 'btc' : subject],
      action,
      timeMs: at,
      receivedTimeMs: at + lag,
      value,
      query: rest.query ?? (action === 'query' || action === 'refine' ? 'bitcoin' : null),
      context: {
        ...NO_CONTEXT,
        requestId: request,
        position: rest.position ?? null,
        surface: rest.surface ?? null,
        propensity: rest.position === 3 ? null : 0.25,
      },
    }),
  );
}

/** {@link readActions} of events in memory. */
export function actionsOf(events: readonly Event[], options: ReadActionsOptions = {}): Promise<ActionData> {
  return readActions(createMemoryEventLog(events), options);
}

const deedArbitrary: fc.Arbitrary<Deed> = fc.record({
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constant<EventAction>('impression') },
    { weight: 6, arbitrary: fc.constantFrom<EventAction>('click', 'dwell', 'like', 'trade-filled', 'session-start', 'query') },
    { weight: 2, arbitrary: fc.constantFrom<EventAction>('adopt', 'open', 'refine', 'hide', 'session-end', 'price', 'deposit') },
  ),
  at: fc.integer({ min: 0, max: 40 }),
  user: fc.constantFrom('u', 'v'),
  subject: fc.constantFrom<SubjectName>('post', 'plain', 'spot', 'help', 'btc', 'eth'),
  lag: fc.constantFrom(0, 0, 0, 1, 3, 25, -4),
  request: fc.constantFrom('r0', 'r1', 'r2', null),
  position: fc.constantFrom(0, 1, 2, 3, null),
  surface: fc.constantFrom('feed', 'search', null),
  value: fc.constantFrom(0, 1000, 30_000, 45_000),
  query: fc.constantFrom('bitcoin', 'earn'),
});

/**
 * Logs with late events, equal times, clocks ahead, subjects shown twice on a page and pages known in pieces. Queries stand on events of
 * other actions too, as a log allows.
 */
export const eventsArbitrary: fc.Arbitrary<Event[]> = fc
  .tuple(fc.array(deedArbitrary, { maxLength: 40 }), fc.boolean())
  .map(([deeds, inOrder]) => {
    const received = ({ at, lag = 0 }: Deed) => at + lag;
    return eventsOf(inOrder ? deeds.toSorted((left, right) => received(left) - received(right)) : deeds);
  });

/** A task of each kind and option, with windows that fit {@link eventsArbitrary}. */
export const someTasks: readonly TaskDeclaration[] = [
  { kind: 'response', name: 'click', actions: ['click', 'open'], windowMs: 10 },
  { kind: 'response', name: 'long-dwell', actions: ['dwell'], windowMs: 20, leastValue: 30, subjectKinds: ['content'] },
  { kind: 'conversion', name: 'trade', actions: ['trade-filled'], windowMs: 12, targetKinds: ['instrument'], anyTargetFor: [{ subjectKind: 'feature', tag: 'trading' }] }, // prettier-ignore
  { kind: 'conversion', name: 'big-trade', actions: ['trade-filled'], windowMs: 30, leastValue: 300, targetKinds: ['instrument'], anyTargetFor: [] }, // prettier-ignore
  { kind: 'conversion', name: 'click-again', actions: ['click'], windowMs: 30, targetKinds: ['content', 'feature'], anyTargetFor: [] },
  { kind: 'return', name: 'return', actions: ['session-start', 'deposit'], fromMs: 3, toMs: 9 },
];
