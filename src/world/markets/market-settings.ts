import { ASSETS_MAX } from './assets.ts';
import { MarketSettingsError } from './market-errors.ts';

/** How large and how lively the markets are. */
export interface MarketSettings {
  /** Assets with a spot instrument each, 2 to 60; the first half large, the rest thinly traded. @defaultValue 40 */
  readonly assets: number;
  /** How many of the largest assets have a perpetual swap. @defaultValue 20 */
  readonly perpetuals: number;
  /** How many of the largest assets have dated futures (two weeklies and a quarterly). @defaultValue 4 */
  readonly futures: number;
  /** How many of the largest assets have options (two weeklies × three strikes × call and put). @defaultValue 2 */
  readonly options: number;
  /** How many of the largest assets have structured products (a dual currency and a shark fin). @defaultValue 2 */
  readonly structured: number;
  /** Length of a step; 1 second to 1 hour. @defaultValue 60_000 */
  readonly stepMs: number;
  /** How far back returns reach. Memory: 8 bytes × instruments × historyMs / stepMs. @defaultValue 90_000_000 (25 hours) */
  readonly historyMs: number;
  /** News about single assets, a day, over all assets. @defaultValue 6 */
  readonly assetNewsPerDay: number;
  /** News that moves the whole market, a day. @defaultValue 0.7 */
  readonly marketNewsPerDay: number;
}

const DEFAULTS: MarketSettings = {
  assets: 40,
  perpetuals: 20,
  futures: 4,
  options: 2,
  structured: 2,
  stepMs: 60_000,
  historyMs: 90_000_000,
  assetNewsPerDay: 6,
  marketNewsPerDay: 0.7,
};

const BOUNDS: Record<keyof MarketSettings, readonly [low: number, high: number, whole: boolean]> = {
  assets: [2, ASSETS_MAX, true],
  perpetuals: [0, ASSETS_MAX, true],
  futures: [0, ASSETS_MAX, true],
  options: [0, ASSETS_MAX, true],
  structured: [0, ASSETS_MAX, true],
  stepMs: [1_000, 3_600_000, true],
  historyMs: [3_600_000, 31 * 86_400_000, true],
  assetNewsPerDay: [0, 1_000, false],
  marketNewsPerDay: [0, 100, false],
};

/**
 * Settings with the defaults filled in. Derivatives are offered of at most all assets: a world of few assets needs no other numbers.
 *
 * @throws MarketSettingsError where a setting is out of its bounds
 */
export function completeMarketSettings(given: Partial<MarketSettings> = {}): MarketSettings {
  const settings = { ...DEFAULTS, ...given };
  for (const [name, [low, high, whole]] of Object.entries(BOUNDS)) {
    const value = settings[name as keyof MarketSettings];
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) continue;
    throw new MarketSettingsError(
      `Market setting ${name} is ${value}: give ${whole ? 'a whole number' : 'a number'} from ${low} to ${high}.`,
      { name, value },
    );
  }
  const most = (count: number) => Math.min(count, settings.assets);
  return {
    ...settings,
    perpetuals: most(settings.perpetuals),
    futures: most(settings.futures),
    options: most(settings.options),
    structured: most(settings.structured),
  };
}
