import { normalAt } from '../../base/counter-random.ts';
import { exp } from '../../base/portable-math.ts';

/** Funding is paid every eight hours: 00:00, 08:00, 16:00 UTC. */
export const FUNDING_INTERVAL_MS = 8 * 3_600_000;
const NOISE_MS = 2 * 3_600_000;
const NOISE_SPREAD = 0.0003;
const PREMIUM_MAX = 0.01;
const INTEREST = 0.0001;

/** Premiums of perpetual swaps over spot, and the funding that follows from them. Rows are assets. */
export interface FundingProcess {
  /** Perpetual price / spot price − 1. */
  premium(row: number): number;
  /** What longs pay shorts at the next funding (below 0: are paid), as the interval's mean premium has it up to now. */
  rate(row: number): number;
  /** What was paid at the last funding; 0 before the first. */
  lastPaid(row: number): number;
  step(step: number, timeMs: number, trend: Float64Array): void;
}

/**
 * Longs crowd in after a rise: the premium leans on the trend, with noise of its own that is forgotten within hours. The rate is the usual
 * exchange formula, premium + clamp(interest − premium, ±0.05 %), clamped to ±0.75 %, where premium is the mean over the interval.
 */
export function createFundingProcess(rows: number, stepMs: number, key: number): FundingProcess {
  const noise = new Float64Array(rows);
  const premium = new Float64Array(rows);
  const sum = new Float64Array(rows);
  const paid = new Float64Array(rows);
  const keep = exp(-stepMs / NOISE_MS);
  const gain = NOISE_SPREAD * Math.sqrt(1 - keep * keep);
  let steps = 0;
  let interval = Number.NaN;
  const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));
  const rate = (row: number) => {
    const mean = steps === 0 ? premium[row]! : sum[row]! / steps;
    return clamp(mean + clamp(INTEREST - mean, 0.0005), 0.0075);
  };
  return {
    premium: (row) => premium[row]!,
    rate,
    lastPaid: (row) => paid[row]!,
    step(step, timeMs, trend) {
      const now = Math.floor(timeMs / FUNDING_INTERVAL_MS);
      if (now !== interval) {
        for (let row = 0; row < rows && steps > 0; row++) {
          paid[row] = rate(row);
          sum[row] = 0;
        }
        steps = 0;
        interval = now;
      }
      steps++;
      for (let row = 0; row < rows; row++) {
        noise[row] = keep * noise[row]! + gain * normalAt(key, step, row, 0);
        premium[row] = clamp(0.02 * trend[row]! + noise[row]!, PREMIUM_MAX);
        sum[row]! += premium[row]!;
      }
    },
  };
}
