import type { MultiTaskOutput } from '../../models/multi-task/build-multi-task.ts';
import { linear } from '../../nn/linear.ts';
import { jointRankingCalibrationLogits } from '../../nn/losses/joint-ranking-calibration.ts';
import { zeros } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CompositeLossConfig } from './composite-loss-config.ts';

/**
 * Logits as `compositeLosses` takes them: of the tasks that JRC looks at two, `[examples, 2]`, of the others the one they have.
 *
 * A tower's unit gives the score s of such a task as of any other, the log-odds that are ranked by, calibrated and served. A
 * second unit over the same top gives the logit of the negative class, s⁰ = w · top, and s¹ = s⁰ + s: two logits by a change of
 * variables. It begins at 0 and has no bias, for a number added to both logits changes neither part of JRC. Its parameter
 * `tower.TASK.negative.weight` is of training alone; a model with one logit has all others by the same names.
 *
 * @param model its logits and the tops of its towers, `[examples]` and `[examples, width]` by task
 */
export function withSecondLogits(
  { tasks, constraints }: Pick<CompositeLossConfig, 'tasks' | 'constraints'>,
  { logits, tops }: Pick<MultiTaskOutput, 'logits' | 'tops'>,
): Record<string, Tensor> {
  const joint = new Set([
    ...tasks.filter(({ terms }) => terms.some(({ loss }) => loss.kind === 'jrc')).map(({ name }) => name),
    ...constraints.filter(({ of }) => of.kind === 'jrc').map(({ task }) => task),
  ]);
  return Object.fromEntries(
    Object.entries(logits).map(([task, score]) => {
      if (!joint.has(task)) return [task, score];
      const unit = inLayer('tower', () => inLayer(task, () => linear('negative', tops[task]!, 1, { bias: false, initializer: zeros })));
      return [task, jointRankingCalibrationLogits(score, reshape(unit, score.shape))];
    }),
  );
}
