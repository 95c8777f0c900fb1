import { inLayer } from '../../tensor/layer-path.ts';
import { reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { linear } from '../../nn/linear.ts';
import { denseLayers } from './dense-layers.ts';

/**
 * A task's own network on top: hidden layers with ReLU, then one linear unit. `[batch, dim]` → logits `[batch]`; parameters
 * under `tower.TASK`.
 */
export function taskTower(task: string, x: Tensor, hidden: readonly number[], dropoutRate = 0): Tensor {
  return inLayer('tower', () => {
    const top = denseLayers(task, x, hidden, dropoutRate);
    return inLayer(task, () => reshape(linear('output', top, 1), [x.shape[0]!]));
  });
}
