import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import { chooseAssets } from './assets.ts';
import { listInstrument, planSlots } from './contract-listing.ts';
import { derivativePrice, marketRate, spotConditions } from './derivative-prices.ts';
import { createFundingProcess } from './funding.ts';
import type { Instrument, InstrumentKind } from './instruments.ts';
import { MarketUseError } from './market-errors.ts';
import { completeMarketSettings, type MarketSettings } from './market-settings.ts';
import type { NewsShock } from './news.ts';
import { createPriceHistory } from './price-history.ts';
import { REGIMES, type Regime } from './regimes.ts';
import { settlementOf } from './settlement.ts';
import { createSpotMarket } from './spot-market.ts';

export type { MarketSettings } from './market-settings.ts';
export type { NewsShock } from './news.ts';
export type { Regime } from './regimes.ts';

/** A contract began in a slot. */
export interface Listing {
  readonly timeMs: number;
  readonly listed: Instrument;
  /** What expired in the slot; null at the world's beginning. */
  readonly retired: Instrument | null;
  /** What the retired one paid (see `settlement.ts`), by the spot price of the first step at or after its expiry; null where none retired. */
  readonly settlement: number | null;
}

/**
 * The world's markets. Everything is a function of seed, settings, start and what was pushed; prices are quotes, floats above 0. Reads are
 * O(1) and are of the last step; `slot` is an {@link Instrument.index}.
 */
export interface Markets {
  readonly settings: MarketSettings;
  /** What each slot lists now. The array is live: slots keep their place and kind, contracts change. */
  readonly instruments: readonly Instrument[];
  /** Makes all steps up to a moment, not before the last one asked for. About 30 µs a step with the default settings (100 instruments). @throws MarketUseError for an earlier moment */
  stepTo(timeMs: number): void;
  /** Time of the last step. */
  timeMs(): number;
  /** USDT; of an option for one unit of the asset, of a structured product for a principal of 1 USDT. */
  price(slot: number): number;
  /** USDT traded in the last step. */
  volume(slot: number): number;
  /** Standard deviation of a year's log return of the slot's asset, at the present volatility. */
  volatility(slot: number): number;
  /** Present volatility of the slot's asset beside its usual level: 1 usual, 3 wild. */
  heat(slot: number): number;
  /** Heat of the spot instruments, larger ones weighing more (1 / (1 + rank)). */
  marketHeat(): number;
  /** Simple return over the last so many milliseconds, as far back as the history and the contract reach. */
  returnOver(slot: number, ms: number): number;
  /** {@link returnOver} the last hour or day. */
  change(slot: number, horizon: 'hour' | 'day'): number;
  regime(): Regime;
  /** Rate that longs of the asset's perpetual will pay shorts at the next funding, and paid at the last. */
  fundingRate(slot: number): number;
  lastFunding(slot: number): number;
  /** Shocks later than a moment, oldest first; at least the last 1,000 are kept. */
  newsSince(sinceMs: number): readonly NewsShock[];
  /** Listings later than a moment, oldest first; at least the last 4,096 are kept. Those of the beginning are at the start itself. */
  listingsSince(sinceMs: number): readonly Listing[];
  /** USDT of the slot's asset bought (above 0) or sold; seen in the price from the next step on. See `order-pressure.ts` for the law. */
  push(slot: number, signedVolume: number): void;
  /** Somebody moves the asset's price by so much log drift an hour until then; it falls back within hours after. @throws MarketUseError beyond 10,000 at a time */
  lean(slot: number, driftPerHour: number, untilMs: number): void;
  /** Truth: log of the asset's price beside what it would be had nobody pushed. */
  pressure(slot: number): number;
}

const NEWS_KEPT = 1_000;
const LISTINGS_KEPT = 4_096;
/** Volume beside that of spot. */
const VOLUME_SHARE: Readonly<Record<InstrumentKind, number>> = { spot: 1, perpetual: 2.5, futures: 0.2, option: 0.01, structured: 0.004 };

/**
 * Markets that begin at a moment.
 *
 * @throws MarketSettingsError where a setting is out of bounds
 */
export function createMarkets(options: {
  readonly seed: number | string;
  readonly startMs: number;
  readonly settings?: Partial<MarketSettings>;
}): Markets {
  const settings = completeMarketSettings(options.settings);
  const { stepMs } = settings;
  const { seed, startMs } = options;
  if (!Number.isSafeInteger(startMs) || startMs < 0)
    throw new MarketUseError(`The markets cannot start at ${startMs}: give milliseconds since 1970.`, { startMs });
  const assets = chooseAssets(settings.assets);
  const spot = createSpotMarket(deriveKey(seed, 'markets'), startMs, assets, settings, createCounterRandom());
  const funding = createFundingProcess(assets.length, stepMs, deriveKey(seed, 'funding'));
  const slots = planSlots(settings);
  const count = slots.length;
  const prices = new Float64Array(count);
  const history = createPriceHistory(count, Math.ceil(settings.historyMs / stepMs) + 1);
  const news: NewsShock[] = [];
  const listings: Listing[] = [];
  let steps = 0;
  let nowMs = startMs;
  let askedMs = startMs;
  const instruments: Instrument[] = [];

  function list(index: number): void {
    const slot = slots[index]!;
    const retired = instruments[index] ?? null;
    const listed = listInstrument(index, slot, assets, nowMs, (years) => spotConditions(spot, slot.row, years));
    instruments[index] = listed;
    history.forget(index);
    const terms = retired?.terms ?? null;
    listings.push({ timeMs: nowMs, listed, retired, settlement: terms === null ? null : settlementOf(terms, spot.price[slot.row]!) });
  }

  function quote(): void {
    const rate = marketRate(spot);
    for (let index = 0; index < count; index++) {
      if ((instruments[index]!.terms?.expiryMs ?? Infinity) <= nowMs) list(index);
      prices[index] = derivativePrice(instruments[index]!, spot, funding, rate, nowMs);
    }
    history.add(prices);
  }

  for (let index = 0; index < count; index++) list(index);
  quote();

  const check = (slot: number) => {
    if (prices[slot] === undefined)
      throw new MarketUseError(`There is no instrument slot ${slot}: there are ${count}, from 0 on.`, { slot, count });
    return slots[slot]!.row;
  };
  const heatOf = (row: number) => spot.dailyVolatility(row) / spot.usualDailyVolatility(row);
  const returnOver = (slot: number, ms: number) => {
    check(slot);
    if (!(ms >= 0)) throw new MarketUseError(`There is no return over ${ms} ms: give 0 or more.`, { slot, ms });
    return prices[slot]! / history.price(slot, Math.floor(ms / stepMs)) - 1;
  };

  return {
    settings,
    instruments,
    stepTo(timeMs) {
      if (!(timeMs >= askedMs))
        throw new MarketUseError(`The markets stand at ${askedMs} and cannot step to ${timeMs}: time only rises.`, { timeMs, askedMs });
      askedMs = timeMs;
      while (nowMs + stepMs <= timeMs) {
        nowMs += stepMs;
        steps++;
        spot.step(steps, nowMs, news);
        funding.step(steps, nowMs, spot.trend);
        quote();
        // Within the loop, for one call may step through years; now and then, for a splice moves all that stays.
        if (news.length > 2 * NEWS_KEPT) news.splice(0, news.length - NEWS_KEPT);
        if (listings.length > 2 * LISTINGS_KEPT) listings.splice(0, listings.length - LISTINGS_KEPT);
      }
    },
    timeMs: () => nowMs,
    price(slot) {
      check(slot);
      return prices[slot]!;
    },
    volume: (slot) => spot.volume[check(slot)]! * VOLUME_SHARE[slots[slot]!.kind],
    volatility: (slot) => spot.dailyVolatility(check(slot)) * Math.sqrt(365),
    heat: (slot) => heatOf(check(slot)),
    marketHeat() {
      let sum = 0;
      let weights = 0;
      for (let row = 0; row < assets.length; row++) {
        sum += heatOf(row) / (1 + row);
        weights += 1 / (1 + row);
      }
      return sum / weights;
    },
    returnOver,
    change: (slot, horizon) => returnOver(slot, horizon === 'hour' ? 3_600_000 : 86_400_000),
    regime: () => REGIMES[spot.regime()]!,
    fundingRate: (slot) => funding.rate(check(slot)),
    lastFunding: (slot) => funding.lastPaid(check(slot)),
    newsSince: (sinceMs) => news.slice(firstLater(news, sinceMs)),
    listingsSince: (sinceMs) => listings.slice(firstLater(listings, sinceMs)),
    push(slot, signedVolume) {
      if (!Number.isFinite(signedVolume))
        throw new MarketUseError(`A push of ${signedVolume} USDT is no number: give a finite one.`, { slot, signedVolume });
      spot.pressure.push(check(slot), signedVolume);
    },
    lean(slot, driftPerHour, untilMs) {
      if (!Number.isFinite(driftPerHour))
        throw new MarketUseError(`A lean of ${driftPerHour} an hour is no number: give a finite one.`, { slot, driftPerHour });
      if (!Number.isFinite(untilMs))
        throw new MarketUseError(`A lean until ${untilMs} never ends: give milliseconds since 1970.`, { slot, untilMs });
      if (spot.pressure.lean(check(slot), driftPerHour, untilMs)) return;
      throw new MarketUseError('Too many lean on the markets at one time: wait until some end.', { slot });
    },
    pressure: (slot) => spot.pressure.displacement(check(slot)),
  };
}

/** Place of the first entry later than a moment. */
function firstLater(entries: readonly { readonly timeMs: number }[], sinceMs: number): number {
  let at = entries.length;
  while (at > 0 && entries[at - 1]!.timeMs > sinceMs) at--;
  return at;
}
