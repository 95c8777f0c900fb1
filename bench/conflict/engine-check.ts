import type { GradientStrategy } from '../../src/learn/tensor/gradient-strategy.ts';
import { compileMultiTaskStep } from '../../src/learn/tensor/multi-task-step.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { constantSchedule } from '../../src/learn/tensor/optimizers/schedule.ts';
import { fixedWeights } from '../../src/learn/training/loss-weights/fixed-weights.ts';
import { descend } from './descend.ts';
import type { Point } from './pareto-front.ts';
import { toyLosses } from './toy-problem.ts';

/**
 * The first steps of a descent, taken by the training engine over the problem as a graph.
 *
 * @returns how far its place is from that of {@link descend}
 */
export async function engineDistance(
  strategy: GradientStrategy,
  start: Point,
  steps: number,
  lossWeights: Point,
  seed: number,
): Promise<number> {
  const step = await compileMultiTaskStep({
    losses: toyLosses(start),
    strategy,
    weights: fixedWeights(lossWeights),
    optimizer: adam(),
    learningRate: constantSchedule(1e-3),
    explodingNorm: Number.MAX_VALUE,
    seed,
    threads: 1,
  });
  try {
    for (let at = 0; at < steps; at++) await step.run({});
    const { parameters } = step.state();
    const { end } = descend(strategy, start, steps, lossWeights, seed);
    return Math.hypot(parameters[0]! - end[0], parameters[1]! - end[1]);
  } finally {
    await step.close();
  }
}
