import type { ContractTerms } from './instruments.ts';

/** What a contract pays in the end, in USDT, when spot then stands there; of a structured product for a principal of 1 USDT. Not below 0. */
export function settlementOf(terms: ContractTerms, spot: number): number {
  switch (terms.product) {
    case 'futures':
      return spot;
    case 'call':
      return Math.max(0, spot - terms.strike);
    case 'put':
      return Math.max(0, terms.strike - spot);
    case 'dual-currency':
      // Below the strike the asset is given at the strike: 1 / strike of it, worth spot / strike.
      return (1 + terms.coupon) * Math.min(1, spot / terms.strike);
    case 'shark-fin':
      return 1 + terms.floor + (spot >= terms.barrier ? terms.rebate : terms.participation * Math.max(0, spot / terms.strike - 1));
  }
}
