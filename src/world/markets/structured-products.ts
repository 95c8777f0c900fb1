import { exp } from '../../base/portable-math.ts';
import { digitalValue, optionValue } from './black-scholes.ts';
import type { DualCurrencyTerms, SharkFinTerms } from './instruments.ts';

/** What the issuer keeps of a principal of 1, a year of the term: a part of what there is to give, however short the term. */
const DUAL_CURRENCY_MARGIN = 0.04;
const SHARK_FIN_MARGIN = 0.01;

/** What a product is valued with. */
export interface Conditions {
  readonly spot: number;
  readonly years: number;
  readonly rate: number;
  /** Implied volatility at a strike. */
  readonly volatility: (strike: number) => number;
}

/** A dual currency product that begins now, its coupon such that it is worth 1 − margin. */
export function issueDualCurrency(expiryMs: number, strike: number, now: Conditions): DualCurrencyTerms {
  const unit = dualCurrencyUnit(strike, now);
  return { product: 'dual-currency', expiryMs, strike, coupon: Math.max(0, (1 - DUAL_CURRENCY_MARGIN * now.years) / unit - 1) };
}

/** Value of a principal of 1 USDT: money back, and a put sold to the issuer. */
export function dualCurrencyValue(terms: DualCurrencyTerms, now: Conditions): number {
  return (1 + terms.coupon) * dualCurrencyUnit(terms.strike, now);
}

/** What min(1, spot / strike) at expiry is worth now. */
function dualCurrencyUnit(strike: number, { spot, years, rate, volatility }: Conditions): number {
  return exp(-rate * Math.max(0, years)) - optionValue(-1, spot, strike, years, rate, volatility(strike)) / strike;
}

/** A shark fin that begins now, its participation such that it is worth 1 − margin; principal and floor are safe. */
export function issueSharkFin(expiryMs: number, strike: number, barrier: number, now: Conditions): SharkFinTerms {
  const floor = 0.001 * now.years;
  const rebate = 0.005 * now.years;
  const rest = 1 - SHARK_FIN_MARGIN * now.years - exp(-now.rate * now.years) * (1 + floor) - rebate * digital(barrier, now);
  const participation = Math.max(0, Math.min(1, rest / fin(strike, barrier, now)));
  return { product: 'shark-fin', expiryMs, strike, barrier, floor, participation, rebate };
}

/** Value of a principal of 1 USDT. */
export function sharkFinValue(terms: SharkFinTerms, now: Conditions): number {
  return (
    exp(-now.rate * Math.max(0, now.years)) * (1 + terms.floor) +
    terms.participation * fin(terms.strike, terms.barrier, now) +
    terms.rebate * digital(terms.barrier, now)
  );
}

/** What the rise above the strike, in shares of it, below the barrier is worth: a call spread less the step at the barrier. */
function fin(strike: number, barrier: number, now: Conditions): number {
  // One volatility for the three pieces, or a skew could make a sure gain of them.
  const volatility = now.volatility((strike + barrier) / 2);
  const call = (at: number) => optionValue(1, now.spot, at, now.years, now.rate, volatility);
  const step = digitalValue(now.spot, barrier, now.years, now.rate, volatility);
  return Math.max(0, (call(strike) - call(barrier) - (barrier - strike) * step) / strike);
}

function digital(barrier: number, now: Conditions): number {
  return digitalValue(now.spot, barrier, now.years, now.rate, now.volatility(barrier));
}
