import type { CounterRandom } from '../../base/counter-random.ts';
import { exp } from '../../base/portable-math.ts';
import { topicCode } from '../writing/topics.ts';
import type { Asset } from './assets.ts';
import { REGIME_GOOD_NEWS } from './regimes.ts';

/** Something became known that moves prices. */
export interface NewsShock {
  readonly timeMs: number;
  /** About the market as a whole, or about one asset. */
  readonly scope: 'market' | 'asset';
  /** Spot slots: the asset's; of the market: those of the three largest. */
  readonly instruments: readonly number[];
  readonly sign: -1 | 1;
  /** Log move that it causes in all, above 0: of the asset, or of the market's factor. Eight tenths at once, the rest within about half an hour. */
  readonly size: number;
  /** Code in `TOPICS`. */
  readonly topic: number;
}

const MARKET_TOPICS = [topicCode('macro'), topicCode('regulation'), topicCode('security'), topicCode('stablecoins'), topicCode('bitcoin')];

/** What a step brings: shocks are added to `into`. */
export type NewsSource = (step: number, timeMs: number, regime: number, into: NewsShock[]) => void;

/** Shocks come as a Poisson process, at most one about the market and one about an asset in a step; larger assets are in the news more often. */
export function createNewsSource(
  key: number,
  assets: readonly Asset[],
  rates: { readonly assetNewsPerDay: number; readonly marketNewsPerDay: number; readonly stepMs: number },
  random: CounterRandom,
): NewsSource {
  const days = rates.stepMs / 86_400_000;
  const assetChance = 1 - exp(-rates.assetNewsPerDay * days);
  const marketChance = 1 - exp(-rates.marketNewsPerDay * days);
  let sum = 0;
  const weights = assets.map((_, at) => (sum += 1 / (4 + at)));
  const largest = assets.slice(0, 3).map((_, at) => at);
  return (step, timeMs, regime, into) => {
    random.reset(key, step, 0, 0);
    const good = REGIME_GOOD_NEWS[regime]!;
    if (random.next() < marketChance) {
      const sign = random.next() < good ? 1 : -1;
      const size = Math.min(0.12, 0.004 + 0.007 * random.exponential());
      into.push({ timeMs, scope: 'market', instruments: largest, sign, size, topic: MARKET_TOPICS[random.integer(MARKET_TOPICS.length)]! });
    }
    if (random.next() < assetChance) {
      const slot = random.categorical(weights);
      const asset = assets[slot]!;
      const sign = random.next() < good ? 1 : -1;
      const size = Math.min(0.4, asset.ownDailyVolatility * (0.4 + 0.6 * random.exponential()));
      into.push({ timeMs, scope: 'asset', instruments: [slot], sign, size, topic: asset.topic });
    }
  };
}
