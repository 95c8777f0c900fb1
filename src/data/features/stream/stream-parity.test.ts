import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import { eventKeys } from '../event-keys.ts';
import { valuesAgree } from '../feature-agreement.ts';
import { DEFINITIONS, denser, logs, moments } from '../feature-arbitraries.fixture.ts';
import { ENTITIES, type Entity, type FeatureDefinition, type FeatureView } from '../feature-declaration.ts';
import { oracleValue, type LoggedEvent } from '../feature-oracle.fixture.ts';
import { featureValue } from '../feature-table.ts';
import { createFeatureReader } from '../read-features.ts';
import { createMemoryFeatureStore } from '../store/memory-feature-store.ts';
import { batchesOf } from './batches.fixture.ts';
import { createFeatureStream } from './create-feature-stream.ts';

/** Engine A against the law: at any moment, a stream that has consumed what is known then gives what the oracle gives. */

const allowedLatenessMs = fc.constantFrom(0, 60_000, 150_000);
const MARKET: readonly string[] = ['price-return', 'volatility', 'volume-surge'];

/** The arbitraries go a little beyond what a declaration may say. */
function isDeclarable(definition: FeatureDefinition): boolean {
  return (
    definition.kind !== 'volatility' || definition.window.kind !== 'sliding' || definition.window.lengthMs / definition.window.paneMs >= 3
  );
}

async function checkParity(
  view: FeatureView,
  log: readonly LoggedEvent[],
  atMoments: readonly number[],
  settings: { readonly allowedLatenessMs: number },
  restarts: boolean,
): Promise<void> {
  const store = createMemoryFeatureStore();
  const open = () =>
    createFeatureStream({
      views: [view],
      store,
      // Tiny bounds, so that records go out of memory and come back in nearly every batch.
      settings: { ...settings, timeToLiveMs: null, cachedRecordsMax: 4, dirtyRecordsMax: 3 },
      logger: silentLogger,
    });
  let stream = await open();
  const reader = createFeatureReader(store);
  const keys = [...new Set(log.flatMap(({ event }) => eventKeys(view.entity, event))), 'nobody'];
  for (const atMs of atMoments.toSorted((a, b) => a - b)) {
    const known = log.filter(({ event, offset }) => event.receivedTimeMs < atMs && offset >= stream.nextOffset());
    for (const batch of batchesOf(known)) await stream.consume(batch);
    const live = await stream.read(view, keys, { atMs });
    await stream.flush();
    const stored = await reader.read(view, keys, { atMs });
    expect(stored.atMs).toBe(atMs);
    for (const name of Object.keys(view.features)) {
      keys.forEach((key, row) => {
        const expected = oracleValue(view.features[name]!, view.entity, key, log, atMs, settings);
        for (const table of [live, stored]) {
          const value = featureValue(table, name, row);
          if (!valuesAgree(value, expected)) expect({ name, key, atMs, value }).toEqual({ name, key, atMs, value: expected });
        }
      });
    }
    if (restarts) stream = await open();
  }
}

for (const [kind, definition] of Object.entries<fc.Arbitrary<FeatureDefinition>>(DEFINITIONS)) {
  test(`agrees with the oracle: ${kind}`, async () => {
    const entity = MARKET.includes(kind) ? fc.constant<Entity>('instrument') : fc.constantFrom(...ENTITIES);
    const situation = fc
      .record({
        log: fc.oneof(logs(), logs().map(denser)),
        entity,
        definitions: fc.array(
          definition.filter((each) => isDeclarable(each)),
          { minLength: 1, maxLength: 4 },
        ),
        allowedLatenessMs,
        restarts: fc.boolean(),
      })
      .chain((drawn) => fc.record({ drawn: fc.constant(drawn), atMoments: fc.array(moments(drawn.log), { minLength: 1, maxLength: 6 }) }));
    await fc.assert(
      fc.asyncProperty(situation, async ({ drawn, atMoments }) => {
        const features = Object.fromEntries(drawn.definitions.map((each, index) => [`f${index}`, each]));
        const view: FeatureView = { name: 'v', entity: drawn.entity, features };
        await checkParity(view, drawn.log, atMoments, { allowedLatenessMs: drawn.allowedLatenessMs }, drawn.restarts);
        expect(atMoments.length).toBeGreaterThan(0);
      }),
      { numRuns: kind === 'distinct' ? 25 : 60 }, // The oracle fills all registers for each value.
    );
  });
}
