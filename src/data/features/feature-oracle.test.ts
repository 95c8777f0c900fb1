import { expect, test } from 'vitest';
import { NO_CONTEXT, type Event } from '../events/event.ts';
import { oracleValue, type LoggedEvent } from './feature-oracle.fixture.ts';
import type { FeatureDefinition, FeatureWindow } from './feature-declaration.ts';

/** The oracle itself, on cases worked out by hand. */

const click = (timeMs: number, receivedTimeMs = timeMs, more: Partial<Event> = {}): Event => ({
  id: `${timeMs}-${receivedTimeMs}`,
  userId: 'u',
  subject: { kind: 'content', id: 'c', authorId: null, tags: ['a', 'b'], instruments: [] },
  action: 'click',
  value: null,
  quantity: null,
  query: null,
  timeMs,
  receivedTimeMs,
  context: NO_CONTEXT,
  schemaVersion: 1,
  ...more,
});
const price = (timeMs: number, value: number, quantity: number) =>
  click(timeMs, timeMs, {
    userId: null,
    action: 'price',
    value,
    quantity,
    subject: { kind: 'instrument', id: 'i', authorId: null, tags: [], instruments: ['i'] },
  });
const logOf = (events: readonly Event[]): LoggedEvent[] => events.map((event, offset) => ({ offset, event }));
const settings = { allowedLatenessMs: 5 };
const sliding: FeatureWindow = { kind: 'sliding', lengthMs: 30, paneMs: 10 };
const count = (window: FeatureWindow): FeatureDefinition => ({ kind: 'sum', where: {}, of: 'one', window });

test('what was received in the moment itself is not known; late events are known from their arrival', () => {
  const log = logOf([click(100), click(60, 120), click(125)]);
  const at = (t: number) => oracleValue(count({ kind: 'all' }), 'user', 'u', log, t, settings);
  expect([100, 101, 120, 121, 125, 126].map(at)).toEqual([0, 1, 1, 2, 2, 3]);
});

test('windows are whole panes of event time', () => {
  const log = logOf([click(9), click(10), click(39), click(55, 40)]);
  const at = (t: number, window: FeatureWindow) => oracleValue(count(window), 'user', 'u', log, t, settings);
  expect([29, 30, 40, 50, 60].map((t) => at(t, sliding))).toEqual([2, 1, 1, 2, 1]);
  expect([10, 20, 40, 49, 60, 70].map((t) => at(t, { kind: 'tumbling', lengthMs: 10 }))).toEqual([1, 1, 1, 1, 1, 0]);
});

test('sealed features move when a pane is sealed, and leave out what comes later', () => {
  const log = logOf([click(1, 2, { userId: 'u1' }), click(3, 14, { userId: 'u2' }), click(4, 15, { userId: 'u3' })]);
  const distinct: FeatureDefinition = {
    kind: 'distinct',
    where: {},
    of: 'user',
    precision: 12,
    window: { kind: 'tumbling', lengthMs: 10 },
  };
  const at = (t: number) => oracleValue(distinct, 'subject', 'content:c', log, t, settings);
  expect([14, 15, 24, 25].map(at)).toEqual([0, 2, 2, 0]);
});

test('top counts the first terms that a pane meets; last gives terms in order', () => {
  const tagged = (timeMs: number, tags: string[]) => click(timeMs, timeMs, { subject: { ...click(0).subject!, tags } });
  const log = logOf([tagged(1, ['b', 'a']), tagged(2, ['c', 'a']), tagged(3, ['c'])]);
  const top: FeatureDefinition = {
    kind: 'top',
    where: {},
    of: 'tag',
    count: 5,
    termsMax: 2,
    window: { kind: 'tumbling', lengthMs: 10 },
  };
  expect(oracleValue(top, 'user', 'u', log, 15, settings)).toEqual(['a', 'b']);
  expect(oracleValue({ ...top, termsMax: 3 }, 'user', 'u', log, 15, settings)).toEqual(['a', 'c', 'b']);
  expect(oracleValue({ kind: 'last', where: {}, of: 'tag', count: 2 }, 'user', 'u', log, 15, settings)).toEqual(['c', 'a', 'c']);
});

test('decay, ratios and times', () => {
  const log = logOf([click(0), click(100), click(100, 100, { action: 'like' })]);
  const where = { actions: ['click'] as const };
  expect(oracleValue({ kind: 'decayed', where, of: 'one', halfLifeMs: 100 }, 'user', 'u', log, 200, settings)).toBe(0.75);
  expect(oracleValue({ kind: 'time-since', where }, 'user', 'u', log, 250, settings)).toBe(150);
  expect(oracleValue({ kind: 'time-since', where }, 'user', 'nobody', log, 250, settings)).toBe(null);
  const ratio: FeatureDefinition = {
    kind: 'ratio',
    numerator: { where: { actions: ['like'] }, of: 'one' },
    denominator: { where, of: 'one' },
    priorMean: 0.1,
    priorStrength: 10,
    window: { kind: 'all' },
  };
  expect(oracleValue(ratio, 'user', 'u', log, 200, settings)).toBe(2 / 12);
  expect(oracleValue(ratio, 'user', 'nobody', log, 200, settings)).toBe(0.1);
  expect(oracleValue({ ...ratio, priorStrength: 0 }, 'user', 'nobody', log, 200, settings)).toBe(null);
});

test('prices', () => {
  const log = logOf([price(5, 100, 2), price(15, 110, 1), price(18, 121, 1), price(25, 133.1, 4), price(35, 133.1, 4)]);
  const at = (definition: FeatureDefinition, t: number) => oracleValue(definition, 'instrument', 'i', log, t, settings);
  expect(at({ kind: 'price-return', window: { kind: 'sliding', lengthMs: 20, paneMs: 10 } }, 29)).toBeCloseTo(0.331, 12);
  expect(at({ kind: 'price-return', window: sliding }, 29)).toBe(null);
  const returns = [Math.log(1.21), Math.log(1.1)];
  const deviation = Math.abs(returns[0]! - returns[1]!) / Math.SQRT2;
  expect(at({ kind: 'volatility', window: sliding }, 29)).toBeCloseTo(deviation, 12);
  expect(at({ kind: 'volatility', window: sliding }, 20)).toBe(null);
  const surge: FeatureDefinition = { kind: 'volume-surge', window: { kind: 'tumbling', lengthMs: 10 }, baseline: sliding };
  expect(at(surge, 39)).toBeCloseTo(4 / 10 / (10 / 30), 12);
  expect(at(surge, 100)).toBe(null);
});
