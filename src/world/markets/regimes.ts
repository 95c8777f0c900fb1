import type { CounterRandom } from '../../base/counter-random.ts';

/** States of the market as a whole; the place in the list is the regime's code. */
export const REGIMES = ['calm', 'bull', 'bear', 'panic'] as const;

/** One of the {@link REGIMES}. */
export type Regime = (typeof REGIMES)[number];

const DAY_MS = 86_400_000;

/** Mean log drift of the market's factor, a day; weighed by the time spent in each, about 0. */
export const REGIME_DRIFT: readonly number[] = [0, 0.032, -0.02, -0.13];
/** Volatility of the factor and of assets' own parts beside the long run. In a panic everything falls together: correlations rise. */
export const REGIME_FACTOR_HEAT: readonly number[] = [0.7, 0.95, 1.15, 2.6];
export const REGIME_OWN_HEAT: readonly number[] = [0.85, 1.1, 1, 1.5];
/** Probability that a piece of news is good. */
export const REGIME_GOOD_NEWS: readonly number[] = [0.5, 0.65, 0.38, 0.2];

const MEAN_MS = [2.5 * DAY_MS, 1.6 * DAY_MS, 1.4 * DAY_MS, 0.3 * DAY_MS];
/** Rising sums of where a regime leads; none to itself. */
const NEXT = [
  [0, 0.5, 0.88, 1],
  [0.6, 0.6, 0.87, 1],
  [0.5, 0.72, 0.72, 1],
  [0.35, 0.55, 1, 1],
];

/** The regime in force. */
export interface RegimeProcess {
  /** Moves on to a moment, not before the last. O(1) but for the regimes that ended meanwhile. */
  advanceTo(timeMs: number): void;
  /** Code of the regime in force. */
  current(): number;
}

/**
 * A semi-Markov chain: a regime lasts a tenth of its mean at least, and beyond that the sum of two exponentials (so that one
 * that just began rarely ends, unlike in a Markov chain), then goes to another by fixed probabilities.
 * Source of the idea: J. D. Hamilton, "A new approach to the economic analysis of nonstationary time series", Econometrica 57 (1989).
 */
export function createRegimeProcess(key: number, startMs: number, random: CounterRandom): RegimeProcess {
  let current = 0;
  let number = 0;
  random.reset(key, 0, 0, 0);
  let endMs = startMs + duration(0);
  function duration(regime: number): number {
    return Math.floor(MEAN_MS[regime]! * (0.1 + 0.45 * (random.exponential() + random.exponential())));
  }
  return {
    advanceTo(timeMs) {
      while (timeMs >= endMs) {
        random.reset(key, ++number, 0, 0);
        current = random.categorical(NEXT[current]!);
        endMs += Math.max(1, duration(current));
      }
    },
    current: () => current,
  };
}
