import { exp } from '../../base/portable-math.ts';
import { impliedVolatility, optionValue } from './black-scholes.ts';
import { YEAR_MS } from './contract-listing.ts';
import type { FundingProcess } from './funding.ts';
import type { Instrument } from './instruments.ts';
import type { SpotMarket } from './spot-market.ts';
import { dualCurrencyValue, sharkFinValue, type Conditions } from './structured-products.ts';

const DAYS_A_YEAR_ROOT = Math.sqrt(365);
/** An option that is worth nothing is still quoted: this share of spot. */
const TICK = 1e-7;

/** Discount and carry, a year: 5 % and up to 8 % more or less with the market's sentiment. The same for all, so that futures and options agree. */
export function marketRate(spot: SpotMarket): number {
  return 0.05 + 0.08 * spot.sentiment();
}

/** What products on an asset are valued with over a term. */
export function spotConditions(spot: SpotMarket, row: number, years: number): Conditions {
  const price = spot.price[row]!;
  return {
    spot: price,
    years,
    rate: marketRate(spot),
    volatility: (strike) => quotedVolatility(spot, row, years, strike / price),
  };
}

/** Implied volatility a year at a strike beside spot. */
export function quotedVolatility(spot: SpotMarket, row: number, years: number, moneyness: number): number {
  const present = spot.dailyVolatility(row) * DAYS_A_YEAR_ROOT;
  const usual = spot.usualDailyVolatility(row) * DAYS_A_YEAR_ROOT;
  return impliedVolatility(present, usual, years, moneyness);
}

/** Quote of any instrument from the state of its asset. */
export function derivativePrice(instrument: Instrument, spot: SpotMarket, funding: FundingProcess, rate: number, timeMs: number): number {
  const row = instrument.underlying;
  const price = spot.price[row]!;
  const { terms } = instrument;
  if (terms === null) return instrument.kind === 'spot' ? price : price * (1 + funding.premium(row));
  const years = (terms.expiryMs - timeMs) / YEAR_MS;
  switch (terms.product) {
    case 'futures':
      return price * exp(rate * years);
    case 'call':
    case 'put': {
      const volatility = quotedVolatility(spot, row, years, terms.strike / price);
      return Math.max(TICK * price, optionValue(terms.product === 'call' ? 1 : -1, price, terms.strike, years, rate, volatility));
    }
    case 'dual-currency':
      return dualCurrencyValue(terms, spotConditions(spot, row, years));
    case 'shark-fin':
      return sharkFinValue(terms, spotConditions(spot, row, years));
  }
}
