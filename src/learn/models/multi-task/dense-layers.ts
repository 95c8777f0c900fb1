import { inLayer } from '../../tensor/layer-path.ts';
import { heNormal } from '../../tensor/initializers.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { relu } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { linear } from '../../nn/linear.ts';

/**
 * What experts, bottoms and separate networks are made of: linear layers, each followed by ReLU and dropout,
 * `[batch, dim]` → `[batch, widths.at(-1)]`; x itself where there are none. Parameters `hidden0.weight`, `hidden0.bias`, ….
 *
 * @param dropoutRate share of each layer's outputs that is dropped in training
 */
export function denseLayers(name: string, x: Tensor, widths: readonly number[], dropoutRate = 0): Tensor {
  return inLayer(name, () =>
    widths.reduce(
      (layer, width, index) => dropout(relu(linear(`hidden${index}`, layer, width, { initializer: heNormal })), dropoutRate),
      x,
    ),
  );
}
