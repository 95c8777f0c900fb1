import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitalValue, impliedVolatility, optionValue } from './black-scholes.ts';
import type { ContractTerms, Instrument } from './instruments.ts';
import { createMarkets } from './markets.ts';
import { settlementOf } from './settlement.ts';
import { dualCurrencyValue, issueDualCurrency, issueSharkFin, sharkFinValue, type Conditions } from './structured-products.ts';

const START_MS = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

const market = fc.record({
  spot: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
  moneyness: fc.double({ min: 0.4, max: 2.5, noNaN: true }),
  years: fc.double({ min: 1e-4, max: 1, noNaN: true }),
  rate: fc.double({ min: -0.05, max: 0.2, noNaN: true }),
  volatility: fc.double({ min: 0.1, max: 3, noNaN: true }),
});

describe('optionValue', () => {
  it('is the textbook’s: J. C. Hull, "Options, Futures, and Other Derivatives", example 15.6', () => {
    expect(optionValue(1, 42, 40, 0.5, 0.1, 0.2)).toBeCloseTo(4.76, 2);
    expect(optionValue(-1, 42, 40, 0.5, 0.1, 0.2)).toBeCloseTo(0.81, 2);
  });

  it('keeps put-call parity and the bounds without arbitrage', () => {
    fc.assert(
      fc.property(market, ({ spot, moneyness, years, rate, volatility }) => {
        const strike = spot * moneyness;
        const [call, put] = ([1, -1] as const).map((sign) => optionValue(sign, spot, strike, years, rate, volatility));
        const discounted = strike * Math.exp(-rate * years);
        expect(Math.abs(call! - put! - (spot - discounted))).toBeLessThan(1e-12 * (spot + strike));
        expect(call).toBeGreaterThanOrEqual(Math.max(0, spot - discounted) - 1e-12 * (spot + strike));
        expect(call).toBeLessThanOrEqual(spot);
        expect(put).toBeLessThanOrEqual(discounted * (1 + 1e-12));
        // More time value with more volatility; a call falls with the strike, and not faster than the strike rises.
        expect(optionValue(1, spot, strike, years, rate, volatility * 1.1)).toBeGreaterThanOrEqual(call! - 1e-12 * spot);
        const higher = optionValue(1, spot, strike * 1.05, years, rate, volatility);
        expect(higher).toBeLessThanOrEqual(call! + 1e-12 * spot);
        expect(call! - higher).toBeLessThanOrEqual(0.05 * discounted + 1e-12 * (spot + strike));
      }),
    );
  });

  it('is what is paid, at expiry', () => {
    expect([
      optionValue(1, 110, 100, 0, 0.1, 0.5),
      optionValue(-1, 110, 100, 0, 0.1, 0.5),
      digitalValue(100, 100, 0, 0.1, 0.5),
      digitalValue(99, 100, -1, 0.1, 0.5),
    ]).toEqual([10, 0, 1, 0]);
  });

  it('falls with the strike at the rate of the digital', () => {
    fc.assert(
      fc.property(market, ({ spot, moneyness, years, rate, volatility }) => {
        fc.pre(years > 0.01);
        const strike = spot * moneyness;
        const step = strike * 1e-5;
        const slope =
          (optionValue(1, spot, strike - step, years, rate, volatility) - optionValue(1, spot, strike + step, years, rate, volatility)) /
          (2 * step);
        expect(digitalValue(spot, strike, years, rate, volatility)).toBeCloseTo(slope, 4);
      }),
    );
  });
});

describe('impliedVolatility', () => {
  it('goes home with the term, and makes out-of-the-money puts dearer', () => {
    const [short, long] = [impliedVolatility(1.5, 0.6, 1 / 365, 1), impliedVolatility(1.5, 0.6, 0.5, 1)];
    expect(short).toBeGreaterThan(1.3);
    expect(long).toBeLessThan(0.8);
    expect(impliedVolatility(0.6, 0.6, 0.02, 0.9)).toBeGreaterThan(impliedVolatility(0.6, 0.6, 0.02, 1.1));
  });
});

describe('structured products', () => {
  const now = (spot: number, years: number): Conditions => ({ spot, years, rate: 0.05, volatility: () => 0.6 });

  it('are worth par less the margin when issued, and what their terms say at expiry', () => {
    const dual = issueDualCurrency(0, 97, now(100, 7 / 365));
    expect(dual.coupon).toBeGreaterThan(0.001);
    expect(dualCurrencyValue(dual, now(100, 7 / 365))).toBeCloseTo(1 - 0.04 * (7 / 365), 10);
    expect(dualCurrencyValue(dual, now(120, 0))).toBeCloseTo(1 + dual.coupon, 12);
    expect(dualCurrencyValue(dual, now(48.5, 0))).toBeCloseTo((1 + dual.coupon) / 2, 12);
    // However short the term, something is left to give.
    expect(issueDualCurrency(0, 97, now(100, 1 / 365)).coupon).toBeGreaterThan(0.0005);
    expect(issueSharkFin(0, 100, 125, now(100, 7 / 365)).participation).toBeGreaterThan(0.005);
    const fin = issueSharkFin(0, 100, 125, now(100, 0.25));
    expect(fin.participation).toBeGreaterThan(0.05);
    expect(sharkFinValue(fin, now(100, 0.25))).toBeCloseTo(1 - 0.01 * 0.25, 10);
    expect(sharkFinValue(fin, now(90, 0))).toBeCloseTo(1 + fin.floor, 12);
    expect(sharkFinValue(fin, now(120, 0))).toBeCloseTo(1 + fin.floor + 0.2 * fin.participation, 12);
    expect(sharkFinValue(fin, now(125, 0))).toBeCloseTo(1 + fin.floor + fin.rebate, 12);
    for (const spot of [10, 96.9, 97, 100, 110, 124.9, 125, 300]) {
      expect(settlementOf(dual, spot)).toBeCloseTo(dualCurrencyValue(dual, now(spot, 0)), 12);
      expect(settlementOf(fin, spot)).toBeCloseTo(sharkFinValue(fin, now(spot, 0)), 12);
      expect(settlementOf({ product: 'futures', expiryMs: 0 }, spot)).toBe(spot);
      expect(settlementOf({ product: 'call', expiryMs: 0, strike: 100 }, spot)).toBe(optionValue(1, spot, 100, 0, 0, 1));
      expect(settlementOf({ product: 'put', expiryMs: 0, strike: 100 }, spot)).toBe(optionValue(-1, spot, 100, 0, 0, 1));
    }
  });
});

describe('quotes of the markets', () => {
  const settings = { assets: 6, perpetuals: 3, futures: 2, options: 2, structured: 1, stepMs: 300_000 };
  const markets = createMarkets({ seed: 21, startMs: START_MS, settings });
  type Of<Product extends ContractTerms['product']> = Instrument & { terms: ContractTerms & { product: Product } };
  const listed = <Product extends ContractTerms['product']>(product: Product) =>
    markets.instruments.filter((one): one is Of<Product> => one.terms?.product === product);
  const yearsOf = ({ terms }: Instrument) => (terms!.expiryMs - markets.timeMs()) / YEAR_MS;

  it('fit together at all times: futures carry, parity of options with futures, bounds, funding near interest', () => {
    const paid: number[] = [];
    for (let hour = 1; hour <= 20 * 24; hour++) {
      markets.stepTo(START_MS + hour * HOUR_MS);
      const rates = listed('futures').map(
        (future) => Math.log(markets.price(future.index) / markets.price(future.underlying)) / yearsOf(future),
      );
      for (const rate of rates) expect(rate).toBeCloseTo(rates[0]!, 6);
      expect(Math.abs(rates[0]! - 0.05)).toBeLessThan(0.0801);
      for (const call of listed('call')) {
        const put = listed('put').find(
          ({ underlying, terms }) =>
            underlying === call.underlying && terms.expiryMs === call.terms.expiryMs && terms.strike === call.terms.strike,
        )!;
        const spot = markets.price(call.underlying);
        const discounted = call.terms.strike * Math.exp(-rates[0]! * yearsOf(call));
        const [c, p] = [markets.price(call.index), markets.price(put.index)];
        expect(Math.abs(c - p - (spot - discounted)) / spot).toBeLessThan(1e-6);
        expect(c).toBeGreaterThan(Math.max(0, spot - discounted) - 1e-6 * spot);
        expect(c).toBeLessThanOrEqual(spot);
      }
      for (const { index, underlying } of markets.instruments.filter(({ kind }) => kind === 'perpetual')) {
        expect(Math.abs(markets.price(index) / markets.price(underlying) - 1)).toBeLessThanOrEqual(0.0100001);
        expect(Math.abs(markets.fundingRate(index))).toBeLessThanOrEqual(0.0075);
        if (hour % 8 === 0) paid.push(markets.lastFunding(index));
      }
      for (const { index } of markets.instruments.filter(({ kind }) => kind === 'structured')) {
        expect(markets.price(index)).toBeGreaterThan(0.5);
        expect(markets.price(index)).toBeLessThan(1.3);
      }
    }
    // Most of the time the premium is small and the rate is the interest.
    const sorted = paid.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeCloseTo(0.0001, 4);
    expect(new Set(paid).size).toBeGreaterThan(3);
  });

  it('end where spot ends: a future converges, an option is worth what it pays', () => {
    const future = listed('futures').toSorted((a, b) => a.terms.expiryMs - b.terms.expiryMs)[0]!;
    markets.stepTo(future.terms.expiryMs - 300_000);
    expect(markets.price(future.index) / markets.price(future.underlying)).toBeCloseTo(1, 5);
    for (const option of [...listed('call'), ...listed('put')].filter(({ terms }) => terms.expiryMs === future.terms.expiryMs)) {
      const spot = markets.price(option.underlying);
      const inner = Math.max(0, (option.terms.product === 'call' ? 1 : -1) * (spot - option.terms.strike));
      expect((markets.price(option.index) - inner) / spot).toBeLessThan(0.004);
    }
  });
});
