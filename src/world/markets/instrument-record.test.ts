import { describe, expect, it } from 'vitest';
import { TOPICS } from '../writing/topics.ts';
import { expiryDate, expiryOf } from './expiry-schedule.ts';
import { instrumentRecord } from './instrument-record.ts';
import { createMarkets } from './markets.ts';
import { roundStrike } from './contract-listing.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

describe('instrumentRecord', () => {
  const markets = createMarkets({ seed: 1, startMs: Date.UTC(2026, 0, 5) });
  const records = markets.instruments.map(instrumentRecord);
  const byId = (id: string) => records.find((record) => record.id === id)!;

  it('describes every instrument of the defaults: ids of their own, names in both languages, a topic, a rule', () => {
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    for (const [at, record] of records.entries()) {
      const { nameEn, nameZh, topic, kind } = markets.instruments[at]!;
      expect(record.text).toContain(nameZh);
      expect(record.title).toContain(nameEn);
      expect(record.tags).toEqual(expect.arrayContaining([kind, TOPICS[topic]!.id]));
      expect(record.instruments).toEqual([record.id]);
      expect(record.eligibilityRules.length).toBeGreaterThan(0);
      for (const value of Object.values(record.attributes)) expect(['string', 'number', 'boolean']).toContain(typeof value);
    }
  });

  it('says what they are', () => {
    expect(byId('BTC-USDT')).toMatchObject({
      kind: 'instrument',
      language: null,
      lifecycle: 'live',
      attributes: { kind: 'spot', base: 'BTC', leverageMax: 1, smallCap: false },
    });
    expect(byId('ETH-USDT-SWAP')).toMatchObject({
      attributes: { kind: 'perpetual', underlying: 'ETH-USDT', leverageMax: 100 },
      eligibilityRules: ['identity-full', 'derivatives'],
    });
    expect(byId('BTC-USDT-260109').attributes).toMatchObject({ kind: 'futures', product: 'futures', expiryMs: Date.UTC(2026, 0, 9, 8) });
    expect(byId('BTC-USD-260109-96000-C').attributes).toMatchObject({ product: 'call', strike: 96_000 });
    expect(byId('BTC-USD-260109-96000-C').text).toContain('Expires 2026-01-09 08:00 UTC.');
    expect(records.filter(({ tags }) => tags.includes('small-cap') && tags.includes('spot')).length).toBe(20);
  });
});

describe('expiryOf', () => {
  it('lists contracts that expire on Fridays 08:00 UTC, always later than now, each for its whole term', () => {
    for (let hour = 0; hour < 40 * 168; hour += 5) {
      const now = Date.UTC(2025, 10, 2) + hour * HOUR_MS;
      const [even, odd, quarter] = (['weekly-even', 'weekly-odd', 'quarterly'] as const).map((series) => expiryOf(series, now));
      for (const expiry of [even!, odd!, quarter!]) {
        expect(new Date(expiry).toUTCString()).toMatch(/^Fri.* 08:00:00 GMT$/);
        expect(expiry).toBeGreaterThan(now);
      }
      expect(Math.abs(even! - odd!)).toBe(WEEK_MS);
      expect(Math.min(even!, odd!) - now).toBeLessThanOrEqual(WEEK_MS);
      expect(quarter! - now).toBeLessThanOrEqual(13 * WEEK_MS);
    }
    const friday = Date.UTC(2026, 0, 9, 8);
    const series = expiryOf('weekly-even', friday - 1) === friday ? 'weekly-even' : 'weekly-odd';
    expect(expiryOf(series, friday)).toBe(friday + 2 * WEEK_MS);
    expect(expiryDate(friday)).toBe('260109');
  });
});

describe('roundStrike', () => {
  it('gives prices of three digits', () => {
    expect([96_412, 3_311, 104.3, 12.345, 0.4567, 0.000021234].map(roundStrike)).toEqual([96_400, 3_310, 104.5, 12.3, 0.457, 0.0000212]);
  });
});
