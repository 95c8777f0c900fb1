import fc from 'fast-check';
import { EVENT_ACTIONS, SUBJECT_KINDS, type EventAction } from '../events/event-actions.ts';
import { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event } from '../events/event.ts';
import type { LoggedEvent } from './feature-oracle.fixture.ts';
import type { EventFilter, EventNumber, EventTerm, FeatureDefinition, FeatureWindow, Measure } from './feature-declaration.ts';
import { windowPanes } from './window-panes.ts';

/** Small worlds in which everything that is rare in life happens at once: few keys, few moments, much lateness. */

/** Logs begin here; not a round number, so that no pane begins with the log. */
export const LOG_START_MS = 1_700_000_012_345;

/** Logs end about here. */
export const LOG_SPAN_MS = 40 * 60_000;

const id = (prefix: string, most: number) => fc.integer({ min: 1, max: most }).map((number) => `${prefix}${number}`);
const orNull = <T>(arbitrary: fc.Arbitrary<T>, freq = 5) => fc.option(arbitrary, { freq });
const tag = fc.constantFrom('defi', 'memes', '', '😀', '\uFF5E');
const subject = fc.record({
  kind: fc.constantFrom(...SUBJECT_KINDS),
  id: id('s', 3),
  authorId: orNull(id('a', 2)),
  tags: fc.array(tag, { maxLength: 4 }),
  instruments: fc.array(id('i', 2), { maxLength: 3 }),
});
const context = fc.record({
  surface: orNull(fc.constantFrom('feed', 'search')),
  position: orNull(fc.integer({ min: 0, max: 2 })),
});
const action = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<EventAction>('impression', 'click') },
  { weight: 2, arbitrary: fc.constant<EventAction>('price') },
  { weight: 1, arbitrary: fc.constantFrom(...EVENT_ACTIONS) },
);
const anyNumber = fc.oneof(
  fc.integer({ min: -3, max: 1000 }),
  fc.constantFrom(0, 0.1, 1e-7, 123_456_789.5),
  fc.double({ min: 0.001, max: 10_000, noNaN: true }),
);
/** Mostly in order and prompt; some late by up to all of the log, some clocks ahead. */
const delayMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: LOG_SPAN_MS }) },
  { weight: 1, arbitrary: fc.integer({ min: -5 * 60_000, max: 0 }) },
);

/** A log of up to `eventsMax` events, in order of offset, received times never falling. */
export function logs(eventsMax = 60): fc.Arbitrary<readonly LoggedEvent[]> {
  const draft = fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: (2 * LOG_SPAN_MS) / eventsMax })),
    offsetGap: fc.constantFrom(0, 0, 0, 3),
    delayMs,
    action,
    userId: id('u', 3),
    subject: orNull(subject, 8),
    value: orNull(anyNumber),
    quantity: orNull(anyNumber),
    query: orNull(fc.constantFrom('btc', 'how to stake'), 1),
    context,
  });
  return fc.array(draft, { minLength: 1, maxLength: eventsMax }).map((drafts) => {
    let receivedTimeMs = LOG_START_MS;
    let offset = 0;
    return drafts.map((draft, index) => {
      receivedTimeMs += draft.gapMs;
      offset += 1 + draft.offsetGap;
      const event: Event = {
        id: `e${index}`,
        userId: draft.action === 'price' ? null : draft.userId,
        subject: draft.subject,
        action: draft.action,
        value: draft.value,
        quantity: draft.quantity,
        query: draft.query,
        timeMs: receivedTimeMs - draft.delayMs,
        receivedTimeMs,
        context: { ...NO_CONTEXT, ...draft.context },
        schemaVersion: EVENT_SCHEMA_VERSION,
      };
      return { offset, event };
    });
  });
}

/** The same log with all times on whole ten seconds and the received ones close together: ties, ends of panes, full panes. */
export function denser(log: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const whole = (timeMs: number) => Math.floor(timeMs / 10_000) * 10_000;
  return log.map(({ offset, event }) => {
    const receivedTimeMs = whole(LOG_START_MS + (event.receivedTimeMs - LOG_START_MS) / 16);
    return { offset, event: { ...event, receivedTimeMs, timeMs: whole(receivedTimeMs + (event.timeMs - event.receivedTimeMs) / 4) } };
  });
}

/** Moments within a log and around it; many fall on its received times and on ends of panes. */
export function moments(log: readonly LoggedEvent[]): fc.Arbitrary<number> {
  const minute = 60_000;
  return fc.oneof(
    fc.integer({ min: LOG_START_MS - 10 * minute, max: LOG_START_MS + 3 * LOG_SPAN_MS }),
    fc.constantFrom(...log).chain(({ event }) => fc.integer({ min: event.receivedTimeMs - 1, max: event.receivedTimeMs + 1 })),
    fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -1, max: 1 }))
      .map(([minutes, off]) => (Math.floor(LOG_START_MS / minute) + minutes) * minute + off),
  );
}

const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        actions: fc.constantFrom<EventAction[]>(['click'], ['impression'], ['impression', 'click', 'price']),
        subjectKinds: fc.constantFrom(...SUBJECT_KINDS).map((kind) => [kind]),
        surfaces: fc.constant(['feed']),
        valueMin: fc.constantFrom(0, 10),
      },
      { requiredKeys: [] },
    ),
  },
);
const number = fc.constantFrom<EventNumber>('one', 'value', 'quantity');
const measure: fc.Arbitrary<Measure> = fc.record({ where: filter, of: number });
const term = fc.constantFrom<EventTerm>('user', 'subject', 'author', 'instrument', 'tag', 'surface', 'action', 'query', 'time');

const sliding: fc.Arbitrary<FeatureWindow> = fc
  .tuple(fc.constantFrom(60_000, 300_000), fc.constantFrom(1, 3, 5))
  .map(([paneMs, panes]) => ({ kind: 'sliding', lengthMs: paneMs * panes, paneMs }));
const tumbling: fc.Arbitrary<FeatureWindow> = fc.constantFrom(60_000, 300_000, 600_000).map((lengthMs) => ({ kind: 'tumbling', lengthMs }));
const paned = fc.oneof(sliding, tumbling);
const window = fc.oneof(fc.constant<FeatureWindow>({ kind: 'all' }), sliding, tumbling);

/** Declarations by kind: every window that the kind can have. */
export const DEFINITIONS = {
  sum: fc.record({ kind: fc.constant('sum'), where: filter, of: number, window }),
  ratio: fc.record({
    kind: fc.constant('ratio'),
    numerator: measure,
    denominator: measure,
    priorMean: fc.constantFrom(0, 0.1),
    priorStrength: fc.constantFrom(0, 20),
    window,
  }),
  decayed: fc.record({ kind: fc.constant('decayed'), where: filter, of: number, halfLifeMs: fc.constantFrom(30_000, 600_000, 86_400_000) }),
  last: fc.record({ kind: fc.constant('last'), where: filter, of: term, count: fc.constantFrom(1, 3, 10) }),
  'time-since': fc.record({ kind: fc.constant('time-since'), where: filter }),
  distinct: fc.record({ kind: fc.constant('distinct'), where: filter, of: term, precision: fc.constantFrom(4, 6, 12), window: paned }),
  top: fc.record({
    kind: fc.constant('top'),
    where: filter,
    of: term,
    count: fc.constantFrom(1, 3),
    termsMax: fc.constantFrom(2, 3, 100),
    window: paned,
  }),
  quantile: fc.record({
    kind: fc.constant('quantile'),
    where: filter,
    of: fc.constantFrom('value', 'quantity'),
    quantile: fc.constantFrom(0.01, 0.5, 0.95, 1),
    window: paned,
  }),
  'price-return': fc.record({ kind: fc.constant('price-return'), window: paned }),
  volatility: fc.record({ kind: fc.constant('volatility'), window: sliding.filter((window) => windowPanes(window)!.panes >= 3) }),
  'volume-surge': fc.record({ kind: fc.constant('volume-surge'), window: paned, baseline: paned }),
} satisfies { [K in FeatureDefinition['kind']]: fc.Arbitrary<Extract<FeatureDefinition, { kind: K }>> };

/** A declaration of any kind. */
export const definitions: fc.Arbitrary<FeatureDefinition> = fc.oneof(...Object.values(DEFINITIONS));
