import { inLayer } from '../../tensor/layer-path.ts';
import { reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { linear } from '../../nn/linear.ts';
import { filledWith } from '../../tensor/initializers.ts';
import { denseLayers } from './dense-layers.ts';

/** What a task's tower gives. */
export interface TaskTower {
  /** `[batch]`. */
  readonly logit: Tensor;
  /** What the linear unit reads, `[batch, width]`. */
  readonly top: Tensor;
}

/**
 * A task's own network on top: hidden layers with ReLU, then one linear unit, over `[batch, dim]`; parameters under
 * `tower.TASK`.
 *
 * @param firstLogit what the unit's bias begins with @default 0
 */
export function taskTower(task: string, x: Tensor, hidden: readonly number[], dropoutRate = 0, firstLogit = 0): TaskTower {
  return inLayer('tower', () => {
    const top = denseLayers(task, x, hidden, dropoutRate);
    const output = inLayer(task, () => linear('output', top, 1, { biasInitializer: filledWith(firstLogit) }));
    return { logit: reshape(output, [x.shape[0]!]), top };
  });
}
