/*
 * Stylised facts of returns, after R. Cont, "Empirical properties of asset returns: stylized facts and statistical issues", Quantitative
 * Finance 1 (2001); numbers of the facts in brackets are those of its section 2.
 */
import { describe, expect, it } from 'vitest';
import { createMarkets, type Markets } from './markets.ts';
import { REGIMES, type Regime } from './regimes.ts';
import { autocorrelation, correlation, deviation, excessKurtosis, mean } from './return-statistics.fixture.ts';

const STEP_MS = 300_000;
const HOUR = 12;
const DAY = 288;
const DAYS = 80;
/** The largest two and the smallest asset, and how far from what Cont reports for liquid assets the smallest may be. */
const SLOTS = [0, 1, 11] as const;

function record(markets: Markets) {
  const returns: number[][] = SLOTS.map(() => []);
  const volumes: number[][] = SLOTS.map(() => []);
  const regimes: Regime[] = [];
  let last = SLOTS.map((slot) => markets.price(slot));
  for (let step = 0; step < DAYS * DAY; step++) {
    markets.stepTo(markets.timeMs() + STEP_MS);
    const prices = SLOTS.map((slot) => markets.price(slot));
    for (const [at, slot] of SLOTS.entries()) {
      returns[at]!.push(Math.log(prices[at]! / last[at]!));
      volumes[at]!.push(markets.volume(slot));
    }
    regimes.push(markets.regime());
    last = prices;
  }
  return { returns, volumes, regimes };
}

function sums(values: readonly number[], length: number): number[] {
  return Array.from({ length: Math.floor(values.length / length) }, (_, at) =>
    values.slice(at * length, (at + 1) * length).reduce((sum, value) => sum + value, 0),
  );
}

const settings = { assets: 12, perpetuals: 0, futures: 0, options: 0, structured: 0, stepMs: STEP_MS };
const records = [1, 2, 3].map((seed) => record(createMarkets({ seed, startMs: Date.UTC(2026, 0, 5), settings })));
const series = records.flatMap(({ returns, volumes }) =>
  returns.map((values, at) => ({ returns: values, volumes: volumes[at]!, sizes: values.map(Math.abs) })),
);

describe('returns of the markets', () => {
  it('do not foretell the next ones (1: absence of autocorrelation)', () => {
    for (const { returns } of series) {
      for (const lag of [1, 2, HOUR, 6 * HOUR]) expect(Math.abs(autocorrelation(returns, lag))).toBeLessThan(0.06);
    }
  });

  it('have fat tails, less so over longer times (2: heavy tails, 4: aggregational Gaussianity)', () => {
    for (const { returns } of series) {
      expect(excessKurtosis(returns)).toBeGreaterThan(8);
      expect(excessKurtosis(sums(returns, DAY))).toBeLessThan(0.5 * excessKurtosis(returns));
    }
  });

  it('cluster: their sizes stay correlated for many hours, and ever less (6: volatility clustering, 8: slow decay)', () => {
    for (const { sizes } of series) {
      const decay = [1, HOUR, 6 * HOUR].map((lag) => autocorrelation(sizes, lag));
      expect(decay[0]).toBeGreaterThan(0.2);
      expect(decay[1]).toBeGreaterThan(0.1);
      expect(decay[2]).toBeGreaterThan(0.03);
      expect(decay).toEqual(decay.toSorted((a, b) => b - a));
    }
  });

  it('keep fat tails when divided by their volatility of the day (7: conditional heavy tails)', () => {
    for (const { returns } of series) {
      const scaled: number[] = [];
      for (let at = DAY; at < returns.length; at += DAY) {
        const spread = deviation(returns.slice(at, at + DAY));
        scaled.push(...returns.slice(at, at + DAY).map((value) => value / spread));
      }
      expect(excessKurtosis(scaled)).toBeGreaterThan(2);
    }
  });

  it('raise volatility more when they are falls (9: leverage effect)', () => {
    const effects = series.map(({ returns }) => {
      const after = returns.map((_, at) => deviation(returns.slice(at + 1, at + 1 + HOUR)));
      return correlation(returns.slice(0, -HOUR - 1), after.slice(0, -HOUR - 1));
    });
    expect(mean(effects)).toBeLessThan(-0.015);
  });

  it('come with volume (10: volume and volatility are correlated)', () => {
    for (const { sizes, volumes } of series) expect(correlation(sizes, volumes)).toBeGreaterThan(0.25);
  });

  it('are of a size that the largest assets have: 2 to 6 percent a day, small ones more', () => {
    for (const { returns } of records) {
      const daily = returns.map((values) => deviation(sums(values, DAY)));
      expect(daily[0]).toBeGreaterThan(0.02);
      expect(daily[0]).toBeLessThan(0.06);
      expect(daily[2]).toBeGreaterThan(1.4 * daily[0]!);
    }
  });

  it('move together: the largest strongly, a small one less', () => {
    for (const { returns } of records) {
      expect(correlation(returns[0]!, returns[1]!)).toBeGreaterThan(0.5);
      expect(correlation(returns[0]!, returns[2]!)).toBeGreaterThan(0.15);
      expect(correlation(returns[0]!, returns[2]!)).toBeLessThan(correlation(returns[0]!, returns[1]!));
    }
  });
});

describe('regimes', () => {
  const returnsIn = (regime: Regime) => records.flatMap(({ returns, regimes }) => returns[0]!.filter((_, at) => regimes[at] === regime));

  it('all happen, and last hours to days', () => {
    for (const regime of REGIMES) expect(returnsIn(regime).length / (3 * DAYS * DAY)).toBeGreaterThan(0.01);
    for (const { regimes } of records) {
      const changes = regimes.filter((regime, at) => at > 0 && regime !== regimes[at - 1]).length;
      expect(changes).toBeGreaterThan(DAYS / 6);
      expect(changes).toBeLessThan(DAYS * 2);
    }
  });

  it('are seen in prices: bulls rise, bears fall, panics fall fast and wildly, calm is calm', () => {
    const [calm, bull, bear, panic] = REGIMES.map((regime) => ({
      drift: mean(returnsIn(regime)) * DAY,
      wild: deviation(returnsIn(regime)),
    }));
    expect(bull!.drift).toBeGreaterThan(0.01);
    expect(bear!.drift).toBeLessThan(-0.01);
    expect(panic!.drift).toBeLessThan(-0.06);
    expect(Math.abs(calm!.drift)).toBeLessThan(0.012);
    expect(panic!.wild).toBeGreaterThan(1.5 * calm!.wild);
    expect(bear!.wild).toBeGreaterThan(calm!.wild);
  });
});

describe('a day', () => {
  it('has its rhythm: most is traded in the afternoon (UTC), least in the small hours; less at weekends', () => {
    const byHour = Array.from({ length: 24 }, () => [] as number[]);
    const byWeekday = Array.from({ length: 7 }, () => [] as number[]);
    for (const { volumes } of records) {
      for (const [step, volume] of volumes[0]!.entries()) {
        byHour[Math.floor((step % DAY) / HOUR)]!.push(volume);
        // The world begins on a Monday.
        byWeekday[Math.floor(step / DAY) % 7]!.push(volume);
      }
    }
    const hours = byHour.map(mean);
    expect(mean(hours.slice(13, 17))).toBeGreaterThan(1.5 * mean(hours.slice(3, 6)));
    const weekdays = byWeekday.map(mean);
    expect(mean(weekdays.slice(5))).toBeLessThan(0.85 * mean(weekdays.slice(0, 5)));
  });
});
