import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import type { LossWeighting } from '../../tensor/loss-weighting.ts';
import { makeLossWeighting } from '../loss-weights/loss-weights-config.ts';
import type { CompositeLossConfig } from './composite-loss-config.ts';

/** Where a constraint stands. */
export interface ConstraintState {
  /** μ, what its relative excess counts in the next step. */
  readonly multiplier: number;
  /** Running mean of the relative excess c / b − 1; null before the first batch in which it counts. */
  readonly excess: number | null;
}

/** A rule for the weights of tasks and the multipliers of constraints. */
export interface CompositeWeighting extends LossWeighting {
  /** In the order of the declaration. */
  constraints(state: readonly number[]): readonly ConstraintState[];
}

/** Of a constraint's state: multiplier, running mean (biased towards its start at 0), batches in which it counted. */
const slots = 3;

/**
 * Weights of a composite loss over the losses of `compositeLosses`: λ of the tasks by the declared rule, not below their
 * floors, then a multiplier μ for each constraint. Constraints are bounds on smooth functions of the model, relative to
 * their bounds: e_k(θ) = c_k(θ) / b_k − 1 ≤ 0. What is sought is a saddle point of the Lagrangian
 *
 *     min_θ max_{0 ≤ μ ≤ M}  Σ λ_t L_t(θ) + Σ μ_k e_k(θ)
 *
 * by gradient descent on θ and, after each step, projected ascent on μ (Arrow, Hurwicz & Uzawa 1958; for training by
 * stochastic gradients Cotter, Jiang & Sridharan 2019, "Two-player games for efficient non-convex constrained
 * optimization", ALT, where Λ is a bounded set as here):
 *
 *     ē_k ← β ē_k + (1 − β) e_k(batch),     μ_k ← min(M, max(0, μ_k + η min(1, ē_k / (1 − βⁿ))))
 *
 * Three departures. The running mean stands for the excess over the data: of a rare outcome a single batch says little.
 * Dividing by the bound lets one η serve bounds of any unit. And a rise is at most η: a new model gives every outcome a
 * half, ten times the bound of a rare one, and multipliers fall by η at most, so what these first steps pile up would press
 * the outcome to nothing long after the bound is kept. A batch in which no example counts (excess exactly 0) moves nothing.
 * With a non-convex model the last iterate may circle around the bound rather than rest on it: smaller η or shorter memory
 * make the circles smaller. A bound that cannot be held drives μ to M, where it stays: the log shows it.
 *
 * Floors bound what the rule's weight does, not what the rule remembers; with GradNorm Σλ can then exceed T.
 */
export function constrainedWeighting(declaration: CompositeLossConfig): CompositeWeighting {
  const { tasks, constraints } = declaration;
  const count = tasks.length;
  const rule = makeLossWeighting(
    declaration.weighting,
    tasks.map(({ name }) => name),
  );
  const ruleState = (state: readonly number[]) => state.slice(slots * constraints.length);
  return {
    name: rule.name,
    initialState: () => [...new Array<number>(slots * constraints.length).fill(0), ...rule.initialState(count)],
    weights(state) {
      const weights = new Float64Array(count + constraints.length);
      rule.weights(ruleState(state), count).forEach((weight, task) => (weights[task] = Math.max(weight, tasks[task]!.weightFloor)));
      constraints.forEach((_, at) => (weights[count + at] = state[slots * at]!));
      return weights;
    },
    update(state, { step, losses, gradientNorms }) {
      const moved = constraints.flatMap((constraint, at) =>
        ascend(constraint, state.slice(slots * at, slots * at + slots), losses[count + at]!),
      );
      const ofTasks = { step, losses: losses.subarray(0, count), gradientNorms: gradientNorms.subarray(0, count) };
      return [...moved, ...rule.update(ruleState(state), ofTasks)];
    },
    constraints: (state) =>
      constraints.map(({ memory }, at) => {
        const [multiplier, biased, batches] = state.slice(slots * at, slots * at + slots) as [number, number, number];
        return { multiplier, excess: batches === 0 ? null : biased / (1 - memory ** batches) };
      }),
  };
}

function ascend(
  { learningRate, multiplierMax, memory }: CompositeLossConfig['constraints'][number],
  state: readonly number[],
  excess: number,
): readonly number[] {
  if (excess === 0) return state;
  const [multiplier, biased, batches] = state as readonly [number, number, number];
  const mean = memory * biased + (1 - memory) * excess;
  const rise = learningRate * Math.min(1, mean / (1 - memory ** (batches + 1)));
  return [Math.min(multiplierMax, Math.max(0, multiplier + rise)), mean, batches + 1];
}

/**
 * A strategy that negotiates between tasks alone: constraints, which stand after them, keep their gradients as they are and
 * are added to what the strategy decides, μ_k ∇e_k. Several strategies look at directions and not at lengths; asked about
 * constraints too, they would not see a multiplier rise.
 *
 * @param tasks how many of the losses are tasks
 */
export function amongTasks(strategy: GradientStrategy, tasks: number): GradientStrategy {
  return {
    name: strategy.name,
    initialState: () => strategy.initialState(tasks),
    decide({ gram, tasks: all, state, random }) {
      if (all === tasks) return strategy.decide({ gram, tasks, state, random });
      const own = new Float64Array(tasks * tasks);
      for (let row = 0; row < tasks; row++) own.set(gram.subarray(row * all, row * all + tasks), row * tasks);
      const decision = strategy.decide({ gram: own, tasks, state, random });
      const weights = new Float64Array(all).fill(1);
      weights.set(decision.weights);
      return { weights, state: decision.state };
    },
  };
}
