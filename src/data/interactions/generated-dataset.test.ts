import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { generatedInteractions, writeGeneratedDataset } from './generated-dataset.ts';
import { generatedCatalog } from './generated-catalog.ts';
import { ImportOptionError } from './import-errors.ts';
import { openDataset } from './open-dataset.ts';

const dataset = generatedInteractions();

describe('generatedInteractions', () => {
  it('is of the promised size, in time order, with readable ids and titles', () => {
    expect(dataset.userCount).toBe(2000);
    expect(dataset.itemCount).toBeGreaterThan(560);
    expect(dataset.items.length).toBeGreaterThan(50_000);
    expect(dataset.items.length).toBeLessThan(70_000);
    expect(dataset.itemIds).toContain('spot-btc-usdt');
    expect(dataset.itemTitles?.[dataset.itemIds.indexOf('spot-btc-usdt')]).toBe('Spot BTC/USDT');
    expect(dataset.itemTitles).not.toContain(null);
    expect(new Set(dataset.itemIds).size).toBe(dataset.itemCount);
    for (let user = 0; user < dataset.userCount; user++) {
      const times = dataset.timesMs!.subarray(dataset.offsets[user]!, dataset.offsets[user + 1]!);
      expect(times.every((timeMs, at) => at === 0 || timeMs > times[at - 1]!)).toBe(true);
    }
  });

  it('is the same on every machine for one seed, and another for another seed', () => {
    expect(dataset.fingerprint).toBe('bdaf47b56df3dfeb4050495c972520e6feee1e21cd6e8efcc5e756daf9bec2b3');
    expect(generatedInteractions({ seed: 7 }).fingerprint).toBe(dataset.fingerprint);
    expect(generatedInteractions({ seed: 8 }).fingerprint).not.toBe(dataset.fingerprint);
  });

  it('keeps the ids of a large catalog apart', () => {
    const ids = generatedCatalog(5000)
      .flat()
      .map((item) => item.id);
    expect(new Set(ids).size).toBe(5000);
  });

  it('holds more than the last item tells: the two intents before decide the next', () => {
    // Next intent at each change, told by the last intent alone and by the last two; learned on even users.
    const clusterOf = new Map(
      generatedCatalog(600)
        .flat()
        .map((item) => [item.id, item.cluster]),
    );
    const one = new Map<string, Map<number, number>>();
    const two = new Map<string, Map<number, number>>();
    const hits = { one: 0, two: 0, changes: 0 };
    for (const learning of [true, false]) {
      for (let user = learning ? 0 : 1; user < dataset.userCount; user += 2) {
        const items = dataset.items.subarray(dataset.offsets[user]!, dataset.offsets[user + 1]!);
        const clusters = Array.from(items, (item) => clusterOf.get(dataset.itemIds[item]!)!);
        const intents = clusters.filter((cluster, at) => cluster !== clusters[at - 1]);
        for (let at = 2; at < intents.length; at++) {
          const next = intents[at]!;
          const last = String(intents[at - 1]);
          const both = `${intents[at - 2]} ${last}`;
          if (learning)
            for (const [table, key] of [
              [one, last],
              [two, both],
            ] as const)
              tally(table, key, next);
          else {
            hits.changes++;
            if (likeliest(one, last) === next) hits.one++;
            if (likeliest(two, both) === next) hits.two++;
          }
        }
      }
    }
    expect(hits.changes).toBeGreaterThan(5000);
    expect(hits.two / hits.changes).toBeGreaterThan(0.55);
    expect(hits.one / hits.changes).toBeLessThan(0.35);
  });

  it('refuses sizes that make no data', () => {
    expect(() => generatedInteractions({ itemCount: 3 })).toThrow(ImportOptionError);
    expect(() => generatedInteractions({ userCount: 0 })).toThrow(ImportOptionError);
  });

  it('is written and opened like any data set', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nisus-generated-'));
    try {
      const written = await writeGeneratedDataset(folder, { userCount: 50, itemCount: 60 }, { clock: manualClock() });
      expect(await openDataset(folder, { verify: true })).toEqual(written);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function tally(table: Map<string, Map<number, number>>, key: string, next: number): void {
  const row = table.get(key) ?? new Map<number, number>();
  row.set(next, (row.get(next) ?? 0) + 1);
  table.set(key, row);
}

function likeliest(table: Map<string, Map<number, number>>, key: string): number {
  return [...(table.get(key) ?? [])].sort(([, a], [, b]) => b - a)[0]?.[0] ?? -1;
}
