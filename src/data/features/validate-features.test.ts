import { expect, test } from 'vitest';
import { count, featureView, sliding, sum } from './declare.ts';
import { platformFeatures } from './platform-features.ts';
import { createMemoryEventLog } from './stream/memory-event-log.fixture.ts';
import { worldEvents } from './stream/world-events.fixture.ts';
import { validateFeatures } from './validate-features.ts';

test('finds what no event feeds, keys that are never there, and panes that make no sense', async () => {
  const log = createMemoryEventLog([...worldEvents(2, 500)].filter((event) => event.action !== 'price'));
  const users = featureView({
    name: 'users',
    entity: 'user',
    features: {
      fine: count({ window: sliding('7d', '1d') }),
      unfed: count({ where: { actions: ['deposit'] } }),
      no_number: sum({ where: { actions: ['click'] }, of: 'quantity' }),
      jumps: count({ window: sliding('1d', '1d') }),
      many: count({ window: sliding('1d', '2m') }),
    },
  });
  const unkeyed = featureView({ name: 'places', entity: 'surface-position', features: { n: count() } });
  const places = {
    ...createMemoryEventLog(),
    ...createMemoryEventLog([{ ...[...worldEvents(1, 1)][0]!, context: { ...[...worldEvents(1, 1)][0]!.context, surface: null } }]),
  };
  const found = await validateFeatures([users], log);
  expect(found.findings.map(({ feature, code }) => [feature, code])).toEqual([
    ['unfed', 'no-events'],
    ['no_number', 'no-events'],
    ['jumps', 'one-pane'],
    ['many', 'many-panes'],
  ]);
  expect((await validateFeatures([unkeyed], places)).findings).toMatchObject([{ view: 'places', feature: null, code: 'no-keys' }]);
});

test('measures what the platform declares, and finds what its sample lacks', async () => {
  const { findings, costs, eventsSampled } = await validateFeatures(platformFeatures, createMemoryEventLog([...worldEvents(2, 5000)]), {
    eventsMax: 4000,
  });
  expect(findings.map(({ view, feature, code }) => [view, feature, code])).toEqual([['author', 'reports_fading', 'no-events']]);
  expect(eventsSampled).toBe(4000);
  const users = costs.find(({ view }) => view === 'user')!;
  expect(users.keys).toBe(60);
  expect(users.bytesPerKey).toBeGreaterThan(500);
  expect(users.recordsPerEvent).toBeCloseTo(0.97, 1);
});
