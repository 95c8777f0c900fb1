/** Kinds of instrument; the place in the list is the kind's code. */
export const INSTRUMENT_KINDS = ['spot', 'perpetual', 'futures', 'option', 'structured'] as const;

/** One of the {@link INSTRUMENT_KINDS}. */
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number];

/** What can be traded. */
export interface Instrument {
  /** Its slot. Slots never change in number or kind; a contract that expires is followed in its slot by the next one, with another `id`. */
  readonly index: number;
  /** Unique for ever: BTC-USDT, BTC-USDT-SWAP, BTC-USDT-260327 (-Q where quarterly), BTC-USD-260327-100000-C. */
  readonly id: string;
  readonly kind: InstrumentKind;
  /** Slot of its spot instrument; of a spot instrument: its own. */
  readonly underlying: number;
  /** Symbol of the asset: BTC. */
  readonly base: string;
  /** The asset's names, of all its instruments. */
  readonly nameEn: string;
  readonly nameZh: string;
  /** Rank of the asset by size, 0 the largest. */
  readonly capRank: number;
  /** Code of the asset's topic in `TOPICS`. */
  readonly topic: number;
  /** Thinly traded: a little volume moves it. */
  readonly smallCap: boolean;
  /** Highest leverage offered; 1 for spot, options and structured products. */
  readonly leverageMax: number;
  readonly listedMs: number;
  /** What a contract that ends is about; null of spot and perpetual. */
  readonly terms: ContractTerms | null;
}

/** Terms of a contract that ends, settled in USDT at the spot price of the moment of expiry. */
export type ContractTerms = FuturesTerms | OptionTerms | DualCurrencyTerms | SharkFinTerms;

/** Pays the spot price at expiry. */
export interface FuturesTerms {
  readonly product: 'futures';
  readonly expiryMs: number;
}

/** European: pays what spot stands above (call) or below (put) the strike at expiry. */
export interface OptionTerms {
  readonly product: 'call' | 'put';
  readonly expiryMs: number;
  readonly strike: number;
}

/** One USDT comes back with the coupon, in USDT where spot ends at the strike or above, else in the asset bought at the strike. */
export interface DualCurrencyTerms {
  readonly product: 'dual-currency';
  readonly expiryMs: number;
  readonly strike: number;
  /** Share of the principal, for the whole term. */
  readonly coupon: number;
}

/**
 * One USDT comes back with `floor`, and with `participation` times the rise of spot above the strike where it ends below the
 * barrier, or with `rebate` where it ends at the barrier or above.
 */
export interface SharkFinTerms {
  readonly product: 'shark-fin';
  readonly expiryMs: number;
  readonly strike: number;
  readonly barrier: number;
  readonly floor: number;
  readonly participation: number;
  readonly rebate: number;
}
