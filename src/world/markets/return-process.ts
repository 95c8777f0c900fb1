import type { CounterRandom } from '../../base/counter-random.ts';
import { exp, log } from '../../base/portable-math.ts';

const DAY_MS = 86_400_000;
/** Volatility remembers on two scales, three hours and four days: together its memory decays slowly, as in real markets. */
const FAST_MS = 3 * 3_600_000;
const SLOW_MS = 4 * DAY_MS;
/** Standard deviations of the two parts of log volatility. */
const FAST_SPREAD = 0.35;
const SLOW_SPREAD = 0.5;
/** Weights of size and sign of a shock in what volatility remembers; falling prices raise it more (leverage effect). Squares sum to 1. */
const BY_SIZE = 0.96;
const BY_SIGN = -0.28;
/** Of Student's t with four degrees of freedom, scaled to variance 1: mean and standard deviation of its size. */
const SIZE_MEAN = Math.SQRT1_2;
const SIZE_DEVIATION = Math.SQRT1_2;
/** Beyond, a shock counts as this for volatility; returns keep it whole. */
const COUNTED_SHOCK_MAX = 6;

/**
 * Standardised return shocks with volatility that clusters, one process a row: row volatility is
 * exp(fast + slow) beside its usual level, and each shock moves fast and slow. That is an exponential GARCH with two components
 * (D. B. Nelson, Econometrica 59, 1991; two scales: R. F. Engle, G. Lee, 1999) and Student-t shocks, written so that a step's length
 * changes the roughness and not the law: the spread of log volatility is the same for all lengths of step.
 */
export interface ReturnProcess {
  /** Volatility of a row now beside its usual level: median 1. */
  heat(row: number): number;
  /** The next shock of a row (mean 0, variance 1, t with four degrees of freedom); volatility then moves on. Puts the stream anew. */
  next(row: number, step: number): number;
  /** Raises a row's volatility at once, in log; it calms within hours. */
  excite(row: number, by: number): void;
}

/** @param rows how many processes @param stepMs length of a step */
export function createReturnProcess(rows: number, stepMs: number, key: number, random: CounterRandom): ReturnProcess {
  const fast = new Float64Array(rows);
  const slow = new Float64Array(rows);
  const keepFast = exp(-stepMs / FAST_MS);
  const keepSlow = exp(-stepMs / SLOW_MS);
  const gainFast = FAST_SPREAD * Math.sqrt(1 - keepFast * keepFast);
  const gainSlow = SLOW_SPREAD * Math.sqrt(1 - keepSlow * keepSlow);
  // The world begins in the middle of things.
  for (let row = 0; row < rows; row++) {
    random.reset(key, 0, row, 1);
    fast[row] = FAST_SPREAD * random.normal();
    slow[row] = SLOW_SPREAD * random.normal();
  }
  return {
    heat: (row) => exp(Math.max(-2, Math.min(2, fast[row]! + slow[row]!))),
    next(row, step) {
      random.reset(key, step, row, 0);
      const normal = random.normal();
      const shock = normal / Math.sqrt(-log((1 - random.next()) * (1 - random.next())));
      const size = Math.min(COUNTED_SHOCK_MAX, Math.abs(shock));
      const counted = (BY_SIZE * (size - SIZE_MEAN)) / SIZE_DEVIATION + BY_SIGN * (shock < 0 ? -size : size);
      fast[row] = keepFast * fast[row]! + gainFast * counted;
      slow[row] = keepSlow * slow[row]! + gainSlow * counted;
      return Math.max(-20, Math.min(20, shock));
    },
    excite(row, by) {
      fast[row] = Math.min(1.5, fast[row]! + by);
    },
  };
}
