import { heNormal } from '../tensor/initializers.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { relu } from '../tensor/operators/unary.ts';
import { linear } from './linear.ts';

/** Options of {@link multiLayerPerceptron}. */
export interface MultiLayerPerceptronOptions {
  /** Width of each hidden layer, first to last. */
  readonly hidden: readonly number[];
  /** Width of the result. */
  readonly outputSize: number;
  /** @default relu */
  readonly activation?: (x: Tensor) => Tensor;
}

/**
 * Linear layers with an activation between them: `[..., input]` → `[..., outputSize]`, parameters `hidden0.weight`,
 * `hidden0.bias`, … and `output.weight`, `output.bias`.
 */
export function multiLayerPerceptron(x: Tensor, options: MultiLayerPerceptronOptions): Tensor {
  const activation = options.activation ?? relu;
  const hidden = options.hidden.reduce(
    (layer, size, index) => activation(linear(`hidden${index}`, layer, size, { initializer: heNormal })),
    x,
  );
  return linear('output', hidden, options.outputSize);
}
