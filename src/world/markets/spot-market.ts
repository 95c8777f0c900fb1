import { deriveKey, normalAt, type CounterRandom } from '../../base/counter-random.ts';
import { exp, log } from '../../base/portable-math.ts';
import type { Asset } from './assets.ts';
import { dayRhythm } from './day-rhythm.ts';
import type { MarketSettings } from './market-settings.ts';
import { createNewsSource, type NewsShock } from './news.ts';
import { createOrderPressure, type OrderPressure } from './order-pressure.ts';
import { createRegimeProcess, REGIME_DRIFT, REGIME_FACTOR_HEAT, REGIME_OWN_HEAT } from './regimes.ts';
import { createReturnProcess } from './return-process.ts';

const DAY_MS = 86_400_000;
/** Standard deviation of a day's log return of the common factor at usual volatility. */
const FACTOR_DAILY_VOLATILITY = 0.019;
/** A regime's volatility is taken on within about half an hour. */
const HEAT_MS = 1_800_000;
/** What news says beyond the first jump is taken in with this time constant. */
const NEWS_MS = 600_000;
const NEWS_AT_ONCE = 0.8;
/** Prices are drawn home with this time constant: too weak to see within months, enough that none runs away in years. */
const HOME_MS = 300 * DAY_MS;
const TREND_MS = DAY_MS / 2;

/** Spot prices and what moves them. Rows are assets, in order of size. */
export interface SpotMarket {
  readonly price: Float64Array;
  /** USDT traded in the last step. */
  readonly volume: Float64Array;
  /** Log return of about the last half day, exponentially forgotten. */
  readonly trend: Float64Array;
  readonly pressure: OrderPressure;
  /** Code of the regime in force. */
  regime(): number;
  /** Standard deviation of a day's log return at the present volatility. */
  dailyVolatility(row: number): number;
  /** The same at its usual volatility. */
  usualDailyVolatility(row: number): number;
  /** How greedy the market is, −1 to 1: its trend of the last days beside what is usual. */
  sentiment(): number;
  /** One step; shocks that happened in it are added to `news`. */
  step(step: number, timeMs: number, news: NewsShock[]): void;
}

/**
 * Log return of an asset in a step = beta × factor + own part + news + pull home, and the displacement by orders on top. Factor and own parts
 * have Student-t shocks and clustering volatility ({@link createReturnProcess}), scaled by regime and time of day; the factor drifts by
 * regime. Every number is drawn at (key, step, asset), so what one asset or order does moves no number of another.
 */
export function createSpotMarket(
  seed: number | string,
  startMs: number,
  assets: readonly Asset[],
  settings: MarketSettings,
  random: CounterRandom,
): SpotMarket {
  const count = assets.length;
  const days = settings.stepMs / DAY_MS;
  const root = Math.sqrt(days);
  const regimes = createRegimeProcess(deriveKey(seed, 'regime'), startMs, random);
  const returns = createReturnProcess(count + 1, settings.stepMs, deriveKey(seed, 'returns'), random);
  const bringNews = createNewsSource(deriveKey(seed, 'news'), assets, settings, random);
  const pressure = createOrderPressure(assets, settings.stepMs);
  const volumeKey = deriveKey(seed, 'volume');

  const beta = Float64Array.from(assets, (asset) => asset.beta);
  const own = Float64Array.from(assets, (asset) => asset.ownDailyVolatility);
  const usualVolume = Float64Array.from(assets, (asset) => asset.dailyVolume * days);
  const home = Float64Array.from(assets, (asset) => log(asset.startPrice));
  const level = home.slice();
  const price = Float64Array.from(assets, (asset) => asset.startPrice);
  const volume = usualVolume.slice();
  const trend = new Float64Array(count);
  /** What news still has to move. */
  const untold = new Float64Array(count + 1);

  const keepHeat = exp(-settings.stepMs / HEAT_MS);
  const keepNews = exp(-settings.stepMs / NEWS_MS);
  const keepTrend = exp(-settings.stepMs / TREND_MS);
  const keepMood = exp(-settings.stepMs / (3 * DAY_MS));
  const towardsHome = 1 - exp(-settings.stepMs / HOME_MS);
  let factorHeat = REGIME_FACTOR_HEAT[0]!;
  let ownHeat = REGIME_OWN_HEAT[0]!;
  let mood = 0;

  function hear(shock: NewsShock, row: number, dailyVolatility: number): number {
    const move = shock.sign * shock.size;
    untold[row]! += (1 - NEWS_AT_ONCE) * move;
    returns.excite(row, Math.min(0.8, (0.25 * shock.size) / dailyVolatility));
    return NEWS_AT_ONCE * move;
  }

  function tell(row: number): number {
    const told = untold[row]! * (1 - keepNews);
    untold[row]! -= told;
    return told;
  }

  const spread = (row: number, factor: number, its: number) => Math.sqrt(beta[row]! * factor * (beta[row]! * factor) + its * its);

  return {
    price,
    volume,
    trend,
    pressure,
    regime: () => regimes.current(),
    dailyVolatility: (row) =>
      spread(row, FACTOR_DAILY_VOLATILITY * factorHeat * returns.heat(count), own[row]! * ownHeat * returns.heat(row)),
    usualDailyVolatility: (row) => spread(row, FACTOR_DAILY_VOLATILITY, own[row]!),
    sentiment: () => Math.max(-1, Math.min(1, mood / 0.05)),
    step(step, timeMs, news) {
      regimes.advanceTo(timeMs);
      const regime = regimes.current();
      factorHeat = keepHeat * factorHeat + (1 - keepHeat) * REGIME_FACTOR_HEAT[regime]!;
      ownHeat = keepHeat * ownHeat + (1 - keepHeat) * REGIME_OWN_HEAT[regime]!;
      const rhythm = dayRhythm(timeMs);
      const volumeRhythm = exp(1.8 * log(rhythm));
      const before = news.length;
      bringNews(step, timeMs, regime, news);
      pressure.step(timeMs);

      const factorScale = FACTOR_DAILY_VOLATILITY * factorHeat * returns.heat(count) * rhythm * root;
      let factor = REGIME_DRIFT[regime]! * days + factorScale * returns.next(count, step) + tell(count);
      for (let at = before; at < news.length; at++) {
        if (news[at]!.scope === 'market') factor += hear(news[at]!, count, FACTOR_DAILY_VOLATILITY);
      }
      mood = keepMood * mood + factor;
      const factorSize = Math.abs(factor) / factorScale;

      for (let row = 0; row < count; row++) {
        const heat = returns.heat(row) * ownHeat;
        const scale = own[row]! * heat * rhythm * root;
        let itsOwn = scale * returns.next(row, step) + tell(row) + towardsHome * (home[row]! - level[row]!);
        for (let at = before; at < news.length; at++) {
          if (news[at]!.scope === 'asset' && news[at]!.instruments[0] === row) itsOwn += hear(news[at]!, row, own[row]!);
        }
        const change = beta[row]! * factor + itsOwn;
        level[row]! += change;
        trend[row] = keepTrend * trend[row]! + change;
        price[row] = exp(level[row]! + pressure.displacement(row));
        // More is traded when prices move more, in this step and in these hours (mixture of distributions: P. K. Clark, Econometrica 41, 1973).
        const lively = 0.5 + 0.35 * Math.min(8, Math.abs(itsOwn) / scale) + 0.35 * Math.min(8, factorSize);
        volume[row] =
          usualVolume[row]! * volumeRhythm * heat * lively * exp(0.35 * normalAt(volumeKey, step, row, 0)) + pressure.takeVolume(row);
      }
    },
  };
}
