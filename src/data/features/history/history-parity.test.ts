import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventKeys } from '../event-keys.ts';
import { valuesAgree } from '../feature-agreement.ts';
import { DEFINITIONS, denser, logs, moments } from '../feature-arbitraries.fixture.ts';
import { ENTITIES, type Entity, type FeatureDefinition, type FeatureView } from '../feature-declaration.ts';
import { oracleValue, type FeatureValue, type LoggedEvent } from '../feature-oracle.fixture.ts';
import { createEventsTable, loadEvents } from './load-events.ts';
import { openHistory, type History } from './open-history.ts';

/** Every kind of feature, every entity, every window, at random moments of random logs: equal to the oracle. */

let history: History;
beforeAll(async () => {
  history = await openHistory(
    { batches: batchesOf([]) },
    { settings: { allowedLatenessMs: 45_000 }, threads: 1, memoryLimitMiB: 1024, temporaryFolder: tmpdir() },
  );
});
afterAll(() => history.close());

async function* batchesOf(log: readonly LoggedEvent[]) {
  for (const { offset, event } of log) yield { firstOffset: offset, events: [event] };
}

async function check(view: FeatureView, log: readonly LoggedEvent[], times: readonly number[]): Promise<void> {
  await createEventsTable(history.connection);
  await loadEvents(history.connection, batchesOf(log));
  const keys = new Set(log.flatMap(({ event }) => eventKeys(view.entity, event)));
  const questions = [...keys, 'content:nobody'].flatMap((key) => times.map((atMs) => ({ key, atMs })));
  const values = await history.values(view, questions);
  expect(values.length).toBe(questions.length);
  for (const [index, { key, atMs }] of questions.entries()) {
    for (const [name, definition] of Object.entries(view.features)) {
      const actual = values[index]![name] as FeatureValue;
      const expected = oracleValue(definition, view.entity, key, log, atMs, history.settings);
      if (valuesAgree(actual, expected)) continue;
      expect({ name, key, atMs, value: actual }).toEqual({ name, key, atMs, value: expected });
    }
  }
}

const MARKET = ['price-return', 'volatility', 'volume-surge'] as const;

/** Several features of several kinds in one view: what they share must not mix. */
function views(kinds: readonly FeatureDefinition['kind'][], entity: fc.Arbitrary<Entity>): fc.Arbitrary<FeatureView> {
  const features = fc.array(fc.oneof(...kinds.map((kind) => DEFINITIONS[kind])), { minLength: 3, maxLength: 6 });
  return fc.record({ entity, features }).map(({ entity, features }) => ({
    name: 'view',
    entity,
    features: Object.fromEntries(features.map((definition, index) => [`feature_${index}`, definition])),
  }));
}

const everyEntity = fc.constantFrom(...ENTITIES);
const RUNS = 12;

test.each([
  ['sums and ratios', ['sum', 'ratio'], everyEntity],
  ['decayed', ['decayed'], everyEntity],
  ['last and time since', ['last', 'time-since'], everyEntity],
  ['distinct', ['distinct'], everyEntity],
  ['top', ['top'], everyEntity],
  ['quantile', ['quantile'], everyEntity],
  ['market', MARKET, fc.constant<Entity>('instrument')],
  ['all at once', Object.keys(DEFINITIONS) as FeatureDefinition['kind'][], fc.constant<Entity>('instrument')],
] as const)('equal to the oracle: %s', async (_name, kinds, entity) => {
  const cases = fc
    .oneof(logs(), logs().map(denser))
    .chain((log) => fc.tuple(fc.constant(log), fc.array(moments(log), { minLength: 1, maxLength: 8 }), views(kinds, entity)));
  await fc.assert(
    fc.asyncProperty(cases, async ([log, times, view]) => check(view, log, times)),
    { numRuns: RUNS, endOnFailure: true },
  );
});
