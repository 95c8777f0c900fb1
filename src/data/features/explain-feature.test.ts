import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, decayed, distinct, featureView, last, priceReturn, ratio, sliding } from './declare.ts';
import { explainFeature } from './explain-feature.ts';
import { eventKeys } from './event-keys.ts';
import { valuesAgree } from './feature-agreement.ts';
import { definitions, logs, moments } from './feature-arbitraries.fixture.ts';
import { ENTITIES, type Entity, type FeatureView } from './feature-declaration.ts';
import { oracleValue } from './feature-oracle.fixture.ts';
import { createMemoryEventLog } from './stream/memory-event-log.fixture.ts';
import { worldEvents } from './stream/world-events.fixture.ts';

const events = [...worldEvents(5, 3000)];
const log = createMemoryEventLog(events);
const atMs = events.at(-1)!.receivedTimeMs + 1;
const users = featureView({
  name: 'users',
  entity: 'user',
  features: {
    clicks: count({ where: { actions: ['click'] } }),
    recent: last({ where: { actions: ['click'] }, of: 'subject', count: 4 }),
    rate: ratio({ numerator: { where: { actions: ['click'] } }, denominator: { where: { actions: ['impression'] } } }),
    fading: decayed({ halfLife: '1h' }),
  },
});

test('the events of a count are as many as it says, and those of a sequence are the sequence', async () => {
  const clicks = await explainFeature(users, log, { feature: 'clicks', key: 'u0', atMs });
  expect(clicks.contributions.length).toBe(clicks.value);
  expect(clicks.contributions.every(({ event }) => event.userId === 'u0' && event.action === 'click')).toBe(true);
  const recent = await explainFeature(users, log, { feature: 'recent', key: 'u0', atMs });
  expect(recent.contributions.toSorted((a, b) => a.event.timeMs - b.event.timeMs).flatMap(({ terms }) => terms)).toEqual(recent.value);
  expect(recent.leftOut.replaced).toBe(clicks.contributions.length - 4);
  const rate = await explainFeature(users, log, { feature: 'rate', key: 'u0', atMs });
  const [above, below] = ['numerator', 'denominator'].map((role) => rate.contributions.filter((each) => each.role === role).length);
  expect(rate.value).toBe(above! / below!);
  const fading = await explainFeature(users, log, { feature: 'fading', key: 'u0', atMs });
  expect(
    valuesAgree(
      fading.contributions.reduce((sum, { amount }) => sum + amount, 0),
      fading.value,
    ),
  ).toBe(true);
});

test('a return is made by two prices; what lies outside a window or came late is counted', async () => {
  const instruments = featureView({
    name: 'instruments',
    entity: 'instrument',
    features: { return_6h: priceReturn({ window: sliding('6h', '1h') }), users: distinct({ of: 'user', window: sliding('2h', '1m') }) },
  });
  const { value, contributions } = await explainFeature(instruments, log, { feature: 'return_6h', key: 'I0-USDT', atMs });
  expect(contributions.length).toBe(2);
  const [before, now] = contributions.toSorted((a, b) => a.event.timeMs - b.event.timeMs);
  expect(now!.event.value! / before!.event.value! - 1).toBe(value);
  const sealed = await explainFeature(instruments, log, { feature: 'users', key: 'I0-USDT', atMs });
  expect(sealed.leftOut.late).toBeGreaterThan(0);
  expect(sealed.leftOut.outsideWindow).toBeGreaterThan(0);
});

test('says when it has not seen all of the log', async () => {
  const subjects = featureView({ name: 'subjects', entity: 'subject', features: { n: count() } });
  const part = await explainFeature(subjects, log, { feature: 'n', key: 'content:post-0', atMs, eventsMax: 100 });
  const all = await explainFeature(subjects, log, { feature: 'n', key: 'content:post-0', atMs });
  expect([part.complete, all.complete]).toEqual([false, true]);
  expect(part.known).toBeLessThan(all.known);
  await expect(explainFeature(subjects as FeatureView, log, { feature: 'absent', key: '', atMs })).rejects.toThrow(/lacks absent/);
});

test('the value is that of the law, whatever the feature', async () => {
  const situation = fc
    .record({ drawn: logs(40), entity: fc.constantFrom(...ENTITIES), definition: definitions })
    .chain((each) => fc.record({ each: fc.constant(each), at: moments(each.drawn) }));
  await fc.assert(
    fc.asyncProperty(situation, async ({ each: { drawn, entity, definition }, at }) => {
      const isMarket = ['price-return', 'volatility', 'volume-surge'].includes(definition.kind);
      const view: FeatureView = { name: 'v', entity: isMarket ? ('instrument' satisfies Entity) : entity, features: { f: definition } };
      const memory = createMemoryEventLog(drawn.map(({ event }) => event));
      const key = drawn.flatMap(({ event }) => eventKeys(view.entity, event))[0] ?? 'nobody';
      const { value, contributions } = await explainFeature(view, memory, { feature: 'f', key, atMs: at });
      const expected = oracleValue(definition, view.entity, key, drawn, at, { allowedLatenessMs: 60_000 });
      expect(valuesAgree(value, expected), `${JSON.stringify(value)} is not ${JSON.stringify(expected)}`).toBe(true);
      // And the events named are those that it is made of.
      const { kind } = definition;
      const inOrder = contributions.toSorted((a, b) => a.event.timeMs - b.event.timeMs);
      const terms = inOrder.flatMap((each) => each.terms);
      if (kind === 'sum' || kind === 'decayed')
        expect(
          valuesAgree(
            contributions.reduce((sum, { amount }) => sum + amount, 0),
            value,
          ),
        ).toBe(true);
      if (kind === 'last') expect(terms).toEqual(value);
      if (kind === 'top') expect(terms).toEqual(expect.arrayContaining([...(value as readonly string[])]));
      if (kind === 'distinct') expect(value === 0).toBe(terms.length === 0);
      if (kind === 'quantile' || kind === 'time-since') expect(value === null).toBe(contributions.length === 0);
      if (kind === 'price-return') expect(value === null).toBe(contributions.length < 2);
      if (kind === 'volatility') expect(value === null).toBe(contributions.length < 3);
    }),
    { numRuns: 300 },
  );
});
