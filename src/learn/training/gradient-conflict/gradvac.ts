import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { activeTasks } from './stateless-strategy.ts';

/** The target never comes nearer to ±1 than this: at 1 only an infinite step of equation 3 would reach it. */
const targetLimit = 1 - 1e-6;

/**
 * Gradient Vaccine (Wang et al., "Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively
 * Multilingual Models", ICLR 2021, algorithm 1 and equation 3). For each ordered pair of tasks a running mean φ̂ᵢⱼ of the
 * cosine is kept; where the cosine φᵢⱼ of gᵢ' and gⱼ lies below it, gᵢ' is turned until it does not:
 *
 *     gᵢ' ← gᵢ' + ‖gᵢ'‖ (φ̂ᵢⱼ √(1 − φᵢⱼ²) − φᵢⱼ √(1 − φ̂ᵢⱼ²)) / (‖gⱼ‖ √(1 − φ̂ᵢⱼ²)) · gⱼ
 *     φ̂ᵢⱼ ← (1 − β) φ̂ᵢⱼ + β φᵢⱼ
 *
 * and the step goes along Σ gᵢ'. With φ̂ = 0 throughout it is PCGrad. Other tasks are taken in random order. Pairs with a
 * zero gradient neither act nor count. All shared parameters are one group (the paper's `whole_model`).
 *
 * @param options.beta β, how fast the running mean follows; default .01, the paper's
 */
export function gradVac(options: { readonly beta?: number } = {}): GradientStrategy {
  const { beta = 0.01 } = options;
  return {
    name: 'gradvac',
    initialState: (tasks) => new Array<number>(tasks * tasks).fill(0),
    decide({ gram, tasks, state, random }) {
      const targets = Float64Array.from(state);
      const active = activeTasks(gram, tasks);
      const weights = new Float64Array(tasks).fill(1);
      for (const task of active) weights[task] = 0;
      const turned = new Float64Array(tasks);
      const order = Int32Array.from(active);
      for (const i of active) {
        turned.fill(0);
        turned[i] = 1;
        random.shuffle(order);
        for (const j of order) {
          if (j === i) continue;
          const norm = combinationNorm(gram, tasks, turned);
          if (norm === 0) break;
          const lengthOfJ = Math.sqrt(gram[j * tasks + j]!);
          const cosine = Math.max(-1, Math.min(1, productWith(gram, tasks, turned, j) / (norm * lengthOfJ)));
          const target = Math.max(-targetLimit, Math.min(targetLimit, targets[i * tasks + j]!));
          if (cosine < target) {
            const sine = Math.sqrt(1 - target * target);
            turned[j]! += (norm * (target * Math.sqrt(1 - cosine * cosine) - cosine * sine)) / (lengthOfJ * sine);
          }
          targets[i * tasks + j] = (1 - beta) * targets[i * tasks + j]! + beta * cosine;
        }
        for (let k = 0; k < tasks; k++) weights[k]! += turned[k]!;
      }
      return { weights, state: Array.from(targets) };
    },
  };
}

function productWith(gram: Float64Array, tasks: number, factors: Float64Array, j: number): number {
  let product = 0;
  for (let k = 0; k < tasks; k++) product += factors[k]! * gram[k * tasks + j]!;
  return product;
}

/** ‖Σ aₖ gₖ‖; 0 where nothing is left beyond the rounding of the inner products. */
function combinationNorm(gram: Float64Array, tasks: number, factors: Float64Array): number {
  let square = 0;
  let scale = 0;
  for (let k = 0; k < tasks; k++) {
    square += factors[k]! * productWith(gram, tasks, factors, k);
    scale += Math.abs(factors[k]!) * Math.sqrt(gram[k * tasks + k]!);
  }
  return square > scale * scale * 1e-14 ? Math.sqrt(square) : 0;
}
