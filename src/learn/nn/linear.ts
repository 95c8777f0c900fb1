import { glorotUniform, zeros } from '../tensor/initializers.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { parameter } from '../tensor/leaf.ts';
import { add } from '../tensor/operators/binary.ts';
import { matmul } from '../tensor/operators/matrix.ts';
import { ShapeError, type Initializer, type Tensor } from '../tensor/tensor.ts';

/** Options of {@link linear}. */
export interface LinearOptions {
  /** @default true */
  readonly bias?: boolean;
  /** @default glorotUniform */
  readonly initializer?: Initializer;
  /** @default zeros */
  readonly biasInitializer?: Initializer;
}

/**
 * x W + b on the last axis: `[..., input]` → `[..., output]`, parameters `weight` `[input, output]` and `bias` `[output]`.
 */
export function linear(name: string, x: Tensor, outputSize: number, options: LinearOptions = {}): Tensor {
  return inLayer(name, () => {
    const inputSize = x.shape.at(-1);
    if (typeof inputSize !== 'number') throw new ShapeError('linear', [x], 'last axis must have a fixed size');
    const weight = parameter('weight', [inputSize, outputSize], options.initializer ?? glorotUniform);
    const product = matmul(x, weight);
    return options.bias === false ? product : add(product, parameter('bias', [outputSize], options.biasInitializer ?? zeros));
  });
}
