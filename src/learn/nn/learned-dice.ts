import { zeros } from '../tensor/initializers.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { constant, parameter } from '../tensor/leaf.ts';
import { elementCount } from '../tensor/dimension.ts';
import { add, divide, multiply, subtract } from '../tensor/operators/binary.ts';
import { customGradient } from '../tensor/operators/flow.ts';
import { matmul } from '../tensor/operators/matrix.ts';
import { broadcastTo, reshape } from '../tensor/operators/shape.ts';
import { exp, negate, reciprocal, sigmoid, sqrt, square } from '../tensor/operators/unary.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Dice (Zhou et al. 2018, eq. 3) with a rectified point that is learned, not taken from the batch: mean and variance of each
 * unit are parameters, 0 and 1 at first. The paper's moments of the batch would make what a model says of one candidate
 * depend on its company, padding included, and training differ from serving.
 *
 * y = x (slope + (1 − slope) σ((x − mean) / √(variance + 1e-8))). The gradient is written out: x is a model's largest tensor,
 * and every pass over it counts.
 *
 * @param x `[..., dim]`; parameters `dice.mean`, `dice.logVariance`, `dice.slope`, `[dim]` each
 */
export function learnedDice(x: Tensor): Tensor {
  return inLayer('dice', () => {
    const width = [x.shape.at(-1) as number];
    const slope = parameter('slope', width, zeros);
    const deviation = sqrt(add(exp(parameter('logVariance', width, zeros)), constant(1e-8)));
    return gate(x, slope, reciprocal(deviation), negate(divide(parameter('mean', width, zeros), deviation)));
  });
}

/** x (slope + (1 − slope) σ(scale x + offset)). */
function gate(x: Tensor, slope: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const rest = subtract(constant(1), slope);
  const share = sigmoid(add(multiply(x, scale), offset));
  const factor = add(multiply(share, rest), slope);
  return customGradient(multiply(x, factor), [x, slope, scale, offset], (cotangent) => {
    const pulled = multiply(cotangent, x);
    // pulled · σ(1 − σ): what reaches the logit of the share, but for `rest`.
    const turned = multiply(pulled, subtract(share, square(share)));
    const ofOffset = multiply(rest, columnSums(turned));
    const ofScale = multiply(rest, columnSums(multiply(turned, x)));
    const ofSlope = subtract(columnSums(pulled), columnSums(multiply(pulled, share)));
    return [add(multiply(cotangent, factor), multiply(turned, multiply(rest, scale))), ofSlope, ofScale, ofOffset];
  });
}

/** Sums over all axes but the last, `[dim]`. As a product with ones: ONNX Runtime's reduction takes ten times as long here. */
function columnSums(x: Tensor): Tensor {
  const rows = elementCount(x.shape.slice(0, -1));
  const ones = broadcastTo(constant(1, { shape: [1, 1] }), [1, rows], x);
  return reshape(matmul(ones, reshape(x, [-1, x.shape.at(-1)!])), [x.shape.at(-1)!]);
}
