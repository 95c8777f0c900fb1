/**
 * How much age counts, as a product of two vectors: a function of t − c that is a sum of waves,
 * Σ αₖ cos ωₖ(t − c) + βₖ sin ωₖ(t − c), is Σ cos ωₖc (αₖ cos ωₖt + βₖ sin ωₖt) + sin ωₖc (αₖ sin ωₖt − βₖ cos ωₖt): one
 * vector of the moment, one of the thing (shift-invariant kernels as features: Rahimi & Recht 2007, "Random features for
 * large-scale kernel machines", with waves that are chosen, not drawn). So a table of vectors scores all things for all moments
 * by one product, and none has to be made anew as things grow older.
 */
import { add, multiply, subtract } from '../tensor/operators/binary.ts';
import { concatenate, split } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

const DAY_MS = 86_400_000;

/** From half a day to nine years: ages beyond the longest would look young again. */
const PERIODS_MS: readonly number[] = Array.from({ length: 9 }, (_, at) => 0.5 * 3 ** at * DAY_MS);

/** Waves; vectors of {@link wavesOf} are twice as long. */
export const ageWaves = PERIODS_MS.length;

/**
 * cos ωₖt, then sin ωₖt, of each time, row-major `[times, 2 · ageWaves]`; zeros where it is NaN: of what has no known age, age
 * says nothing.
 */
export function wavesOf(timesMs: ArrayLike<number>): Float32Array {
  const width = 2 * ageWaves;
  const waves = new Float32Array(timesMs.length * width);
  for (let row = 0; row < timesMs.length; row++) {
    const timeMs = timesMs[row]!;
    if (Number.isNaN(timeMs)) continue;
    for (let wave = 0; wave < ageWaves; wave++) {
      const period = PERIODS_MS[wave]!;
      const angle = 2 * Math.PI * ((timeMs % period) / period);
      waves[row * width + wave] = Math.cos(angle);
      waves[row * width + ageWaves + wave] = Math.sin(angle);
    }
  }
  return waves;
}

/**
 * The moment's vector: its product with a thing's {@link wavesOf} is what the thing's age counts.
 *
 * @param weights `[rows, 2 · ageWaves]`, α then β
 * @param moments `[rows, 2 · ageWaves]`, {@link wavesOf} the moments
 */
export function ageQuery(weights: Tensor, moments: Tensor): Tensor {
  const [alpha, beta] = split(weights, 1, [ageWaves, ageWaves]) as [Tensor, Tensor];
  const [cosine, sine] = split(moments, 1, [ageWaves, ageWaves]) as [Tensor, Tensor];
  return concatenate([add(multiply(alpha, cosine), multiply(beta, sine)), subtract(multiply(alpha, sine), multiply(beta, cosine))], 1);
}
