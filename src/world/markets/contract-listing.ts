import type { Asset } from './assets.ts';
import { expiryDate, expiryOf, type Series } from './expiry-schedule.ts';
import type { ContractTerms, Instrument, InstrumentKind } from './instruments.ts';
import type { MarketSettings } from './market-settings.ts';
import { issueDualCurrency, issueSharkFin, type Conditions } from './structured-products.ts';

/** What a slot lists, one contract after the other. */
export interface Slot {
  readonly kind: InstrumentKind;
  /** Row of its asset, which is its spot slot. */
  readonly row: number;
  /** Null of spot and perpetual, which do not end. */
  readonly series: Series | null;
  /** Where a new contract's strike is set beside spot; 1 where it has none. */
  readonly moneyness: number;
  readonly product: ContractTerms['product'] | null;
}

/** All slots in their order: spot of all assets first, then perpetuals, futures, options, structured products. */
export function planSlots(settings: MarketSettings): readonly Slot[] {
  const slots: Slot[] = [];
  const add = (assets: number, kind: InstrumentKind, series: Series | null, moneyness: number, product: Slot['product']) => {
    for (let row = 0; row < assets; row++) slots.push({ kind, row, series, moneyness, product });
  };
  add(settings.assets, 'spot', null, 1, null);
  add(settings.perpetuals, 'perpetual', null, 1, null);
  for (const series of ['weekly-even', 'weekly-odd', 'quarterly'] as const) add(settings.futures, 'futures', series, 1, 'futures');
  for (const series of ['weekly-even', 'weekly-odd'] as const) {
    for (const moneyness of [0.95, 1, 1.05]) {
      add(settings.options, 'option', series, moneyness, 'call');
      add(settings.options, 'option', series, moneyness, 'put');
    }
  }
  add(settings.structured, 'structured', 'weekly-even', 0.97, 'dual-currency');
  add(settings.structured, 'structured', 'quarterly', 1, 'shark-fin');
  return slots;
}

/** The instrument that a slot lists from a moment on. `now` gives the conditions over a term of so many years. */
export function listInstrument(
  index: number,
  slot: Slot,
  assets: readonly Asset[],
  timeMs: number,
  now: (years: number) => Conditions,
): Instrument {
  const asset = assets[slot.row]!;
  const terms = slot.series === null ? null : writeTerms(slot, expiryOf(slot.series, timeMs), timeMs, now);
  return {
    index,
    id: instrumentId(asset.base, slot, terms),
    kind: slot.kind,
    underlying: slot.row,
    base: asset.base,
    nameEn: asset.nameEn,
    nameZh: asset.nameZh,
    capRank: slot.row,
    topic: asset.topic,
    smallCap: asset.smallCap,
    leverageMax: slot.kind === 'perpetual' || slot.kind === 'futures' ? (slot.row < 2 ? 100 : asset.smallCap ? 10 : 50) : 1,
    listedMs: timeMs,
    terms,
  };
}

function writeTerms(slot: Slot, expiryMs: number, timeMs: number, now: (years: number) => Conditions): ContractTerms {
  if (slot.product === null || slot.product === 'futures') return { product: 'futures', expiryMs };
  const conditions = now((expiryMs - timeMs) / YEAR_MS);
  const strike = roundStrike(conditions.spot * slot.moneyness);
  if (slot.product === 'dual-currency') return issueDualCurrency(expiryMs, strike, conditions);
  if (slot.product === 'shark-fin') return issueSharkFin(expiryMs, strike, roundStrike(strike * 1.25), conditions);
  return { product: slot.product, expiryMs, strike };
}

/** Length of a year in terms and rates. */
export const YEAR_MS = 365 * 86_400_000;

/** Three significant digits, the last a 0 or a 5 from the second digit on where it is small enough: 96,412 → 96,500. */
export function roundStrike(price: number): number {
  let unit = 1;
  while (price / unit >= 1_000) unit *= 10;
  // By division, so that what is written is the double next to the decimal number.
  if (unit > 1 || price >= 100) return Math.round((price / unit) * 2) * (unit / 2);
  let parts = 1;
  while (price * parts < 100) parts *= 10;
  return Math.round(price * parts) / parts;
}

function instrumentId(base: string, slot: Slot, terms: ContractTerms | null): string {
  if (terms === null) return slot.kind === 'spot' ? `${base}-USDT` : `${base}-USDT-SWAP`;
  const date = expiryDate(terms.expiryMs);
  // A quarterly and a weekly contract may end on one day.
  if (terms.product === 'futures') return `${base}-USDT-${date}${slot.series === 'quarterly' ? '-Q' : ''}`;
  if (terms.product === 'dual-currency') return `${base}-DUAL-${date}-${terms.strike}`;
  if (terms.product === 'shark-fin') return `${base}-SHARKFIN-${date}-${terms.strike}-${terms.barrier}`;
  return `${base}-USD-${date}-${terms.strike}-${terms.product === 'call' ? 'C' : 'P'}`;
}
