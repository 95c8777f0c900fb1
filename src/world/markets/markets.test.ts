import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarketSettingsError, MarketUseError } from './market-errors.ts';
import { createMarkets, type Markets, type MarketSettings } from './markets.ts';

const START_MS = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SMALL: Partial<MarketSettings> = { assets: 8, perpetuals: 4, futures: 2, options: 1, structured: 1, stepMs: 300_000 };
const create = (seed: number | string = 7, settings = SMALL) => createMarkets({ seed, startMs: START_MS, settings });

function digest(markets: Markets): string {
  const hash = createHash('sha256');
  const values = markets.instruments.flatMap(({ index }) => [
    markets.price(index),
    markets.volume(index),
    markets.volatility(index),
    markets.fundingRate(index),
  ]);
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  for (const [at, value] of values.entries()) bytes.setFloat64(8 * at, value);
  hash.update(new Uint8Array(bytes.buffer));
  hash.update(JSON.stringify([markets.instruments, markets.newsSince(0), markets.regime()]));
  return hash.digest('hex');
}

describe('createMarkets', () => {
  it('gives the same markets on any machine', () => {
    const markets = createMarkets({ seed: 'golden', startMs: START_MS });
    markets.stepTo(START_MS + 3 * DAY_MS);
    expect(digest(markets)).toBe('c255a3ba7c86b738851caf14a188ba28a6719905e07b8d25325ff2c2faa765b3');
  });

  it('does not mind into how many calls the way is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 * HOUR_MS }), { maxLength: 12 }), (cuts) => {
        const [whole, cut] = [create(), create()];
        for (const at of cuts.toSorted((a, b) => a - b)) cut.stepTo(START_MS + at);
        for (const markets of [whole, cut]) markets.stepTo(START_MS + 5 * HOUR_MS);
        expect(digest(cut)).toBe(digest(whole));
      }),
      { numRuns: 15 },
    );
  });

  it('gives other markets for another seed, and the same assets’ numbers whatever derivatives there are', () => {
    const [first, other, plain] = [create(1), create(2), create(1, { ...SMALL, perpetuals: 0, futures: 0, options: 0, structured: 0 })];
    for (const markets of [first, other, plain]) markets.stepTo(START_MS + DAY_MS);
    expect(first.price(0)).not.toBe(other.price(0));
    for (let slot = 0; slot < 8; slot++) expect(plain.price(slot)).toBe(first.price(slot));
  });

  it('keeps every price, volume and heat finite and above 0 for half a year of hours', () => {
    const markets = create(5, { ...SMALL, assets: 60, perpetuals: 60, options: 2, stepMs: 3_600_000 });
    for (let day = 1; day <= 180; day++) {
      markets.stepTo(START_MS + day * DAY_MS);
      for (const { index } of markets.instruments) {
        for (const value of [markets.price(index), markets.volume(index), markets.heat(index), markets.volatility(index)]) {
          expect(value > 0 && Number.isFinite(value)).toBe(true);
        }
        expect(markets.returnOver(index, DAY_MS)).toBeGreaterThan(-1);
      }
      expect(markets.marketHeat()).toBeGreaterThan(0);
    }
  });

  it('rejects settings out of bounds, naming them', () => {
    expect(() => create(1, { assets: 61 })).toThrow(/assets is 61/);
    expect(() => create(1, { stepMs: 0.5 })).toThrow(MarketSettingsError);
    expect(() => create(1, { assetNewsPerDay: Number.NaN })).toThrow(MarketSettingsError);
    expect(() => createMarkets({ seed: 1, startMs: Number.NaN })).toThrow(MarketUseError);
  });

  it('rejects what it cannot do', () => {
    const markets = create();
    markets.stepTo(START_MS + HOUR_MS);
    expect(() => markets.stepTo(START_MS)).toThrow(MarketUseError);
    expect(() => markets.stepTo(Number.NaN)).toThrow(MarketUseError);
    for (const slot of [-1, 0.5, markets.instruments.length]) expect(() => markets.price(slot)).toThrow(MarketUseError);
    expect(() => markets.push(0, Infinity)).toThrow(MarketUseError);
    expect(() => markets.lean(0, Number.NaN, START_MS)).toThrow(MarketUseError);
  });
});

describe('returns', () => {
  it('are those of the prices that were, as far back as history reaches', () => {
    const markets = create(3, { ...SMALL, historyMs: 6 * HOUR_MS });
    const prices: number[] = [markets.price(4)];
    for (let step = 1; step <= 300; step++) {
      markets.stepTo(START_MS + step * 300_000);
      prices.push(markets.price(4));
      for (const back of [0, 1, 12, 72])
        expect(markets.returnOver(4, back * 300_000)).toBe(prices[step]! / prices[Math.max(0, step - back)]! - 1);
      expect(markets.change(4, 'hour')).toBe(markets.returnOver(4, HOUR_MS));
      expect(markets.change(4, 'day')).toBe(prices[step]! / prices[Math.max(0, step - 72)]! - 1);
    }
  });

  it('of a contract begin with it', () => {
    const markets = create();
    const [expiring] = markets.instruments.filter(({ terms }) => terms !== null && terms.expiryMs < START_MS + 7 * DAY_MS);
    markets.stepTo(expiring!.terms!.expiryMs);
    expect(markets.returnOver(expiring!.index, DAY_MS)).toBe(0);
  });
});

describe('listings', () => {
  it('follow each other: what expires is retired and the next contract takes its slot, under a new id', () => {
    const markets = create();
    expect(markets.listingsSince(START_MS - 1).length).toBe(markets.instruments.length);
    const seen = new Set(markets.instruments.map(({ id }) => id));
    for (let day = 1; day <= 30; day++) {
      markets.stepTo(START_MS + day * DAY_MS);
      for (const { listed, retired, settlement, timeMs } of markets.listingsSince(START_MS + (day - 1) * DAY_MS)) {
        expect(retired!.terms!.expiryMs).toBeLessThanOrEqual(timeMs);
        expect([listed.index, listed.kind, listed.underlying]).toEqual([retired!.index, retired!.kind, retired!.underlying]);
        expect(settlement).toBeGreaterThanOrEqual(0);
        expect(seen.has(listed.id)).toBe(false);
        seen.add(listed.id);
      }
      for (const { terms } of markets.instruments) if (terms !== null) expect(terms.expiryMs).toBeGreaterThan(markets.timeMs());
      expect(new Set(markets.instruments.map(({ id }) => id)).size).toBe(markets.instruments.length);
    }
    expect(seen.size).toBeGreaterThan(markets.instruments.length + 30);
  });
});

describe('news', () => {
  it('comes at the asked rate, moves prices its way, and is kept in order', () => {
    const settings = { ...SMALL, assetNewsPerDay: 12, marketNewsPerDay: 2 };
    const markets = create(11, settings);
    let moved = 0;
    let count = 0;
    let markets2 = 0;
    for (let step = 1; step <= 60 * 288; step++) {
      const before = markets.instruments.map(({ index }) => markets.price(index));
      markets.stepTo(START_MS + step * 300_000);
      for (const { scope, instruments, sign, size, timeMs } of markets.newsSince(START_MS + (step - 1) * 300_000)) {
        expect(timeMs).toBe(markets.timeMs());
        expect(size).toBeGreaterThan(0);
        const slot = instruments[0]!;
        if (scope === 'asset') moved += (sign * Math.log(markets.price(slot) / before[slot]!)) / size;
        if (scope === 'asset') count++;
        else markets2++;
      }
    }
    expect(Math.abs(count / 60 - 12)).toBeLessThan(5 * Math.sqrt(12 / 60) + 0.5);
    expect(Math.abs(markets2 / 60 - 2)).toBeLessThan(5 * Math.sqrt(2 / 60));
    // Eight tenths at once and two fifths of the rest in the first step; the rest is noise.
    expect(moved / count).toBeGreaterThan(0.75);
    expect(moved / count).toBeLessThan(1);
    const times = markets.newsSince(0).map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe('pushing', () => {
  // One seed with and without: numbers are drawn at places, so the pushed asset differs by the push alone and no other asset at all.
  it('moves the asset by its pressure, nothing else, and falls back', () => {
    const [quiet, pumped] = [create(4), create(4)];
    pumped.lean(7, 0.15, START_MS + 4 * HOUR_MS);
    const pressure: number[] = [];
    for (let hour = 1; hour <= 48; hour++) {
      for (const markets of [quiet, pumped]) markets.stepTo(START_MS + hour * HOUR_MS);
      for (let slot = 0; slot < 7; slot++) expect(pumped.price(slot)).toBe(quiet.price(slot));
      expect(Math.log(pumped.price(7) / quiet.price(7))).toBeCloseTo(pumped.pressure(7), 10);
      if (hour <= 4) expect(pumped.volume(7)).toBeGreaterThan(3 * quiet.volume(7));
      else if (hour > 5) expect(pumped.volume(7)).toBe(quiet.volume(7));
      pressure.push(pumped.pressure(7));
    }
    expect(pressure[3]).toBeCloseTo(0.6, 1);
    expect(pressure.slice(3)).toEqual(pressure.slice(3).toSorted((a, b) => b - a));
    // Flow is forgotten with a time constant of 4 hours, so the displacement, its square root, with one of 8.
    expect(pressure[11]! / pressure[3]!).toBeCloseTo(Math.exp(-1), 1);
    expect(pressure[47]).toBeLessThan(0.005);
  });

  it('follows the square-root law: four times the volume moves twice as far, in one order or in many', () => {
    const [one, four, cut] = [create(), create(), create()];
    one.push(7, 1e5);
    four.push(7, 4e5);
    for (let turn = 0; turn < 40; turn++) cut.push(7, 1e4);
    expect(four.pressure(7)).toBeCloseTo(2 * one.pressure(7), 12);
    expect(cut.pressure(7)).toBeCloseTo(four.pressure(7), 12);
    cut.push(7, -4e5);
    expect(cut.pressure(7)).toBeCloseTo(0, 6);
  });

  it('of the same money moves a small asset far more than a large one, and down as well as up', () => {
    const markets = create();
    markets.push(0, 1e6);
    markets.push(7, -1e6);
    expect(markets.pressure(0)).toBeLessThan(0.001);
    expect(markets.pressure(7)).toBeLessThan(-0.03);
  });
});
