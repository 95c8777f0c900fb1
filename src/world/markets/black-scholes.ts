import { normalCdf } from '../../base/normal-distribution.ts';
import { exp, log } from '../../base/portable-math.ts';

/**
 * Value of a European option: F. Black, M. Scholes (1973), R. C. Merton (1973), with one rate for discount and carry.
 *
 * @param sign 1 of a call, −1 of a put
 * @param years to expiry; at 0 or below the value is what is paid
 * @param rate a year, continuous
 * @param volatility a year, above 0
 */
export function optionValue(sign: 1 | -1, spot: number, strike: number, years: number, rate: number, volatility: number): number {
  if (years <= 0) return Math.max(0, sign * (spot - strike));
  const discounted = strike * exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  const d1 = log(spot / discounted) / deviation + deviation / 2;
  return Math.max(0, sign * (spot * normalCdf(sign * d1) - discounted * normalCdf(sign * (d1 - deviation))));
}

/** Value of 1 paid at expiry where spot then stands at the strike or above. */
export function digitalValue(spot: number, strike: number, years: number, rate: number, volatility: number): number {
  if (years <= 0) return spot >= strike ? 1 : 0;
  const discount = exp(-rate * years);
  const deviation = volatility * Math.sqrt(years);
  return discount * normalCdf(log(spot / (strike * discount)) / deviation - deviation / 2);
}

/**
 * Volatility a year that options of a term and strike are quoted at, from the underlying's state: variance is expected to go home from its present to its
 * long-run level with a time constant of five days (the mean of that path over the term), a tenth is added for risk, and out-of-the-money
 * puts are dearer (skew), the more the shorter the term.
 */
export function impliedVolatility(present: number, usual: number, years: number, moneyness: number): number {
  const terms = Math.max(years, 1e-6) * (365 / 5);
  const weight = (1 - exp(-terms)) / terms;
  const variance = usual * usual + (present * present - usual * usual) * weight;
  const skew = -0.12 * (log(moneyness) / Math.sqrt(Math.max(years, 1 / 365) * 12));
  return Math.max(0.1, Math.min(4, 1.1 * Math.sqrt(variance) * Math.max(0.7, Math.min(1.5, 1 + skew))));
}
