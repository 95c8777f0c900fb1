import { float } from '../onnx/lowering.ts';
import { constant } from '../leaf.ts';
import { makeNode, makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { add, divide, maximum, multiply, subtract } from './binary.ts';
import { mean, sum } from './reduce.ts';
import { broadcastTo } from './shape.ts';
import { exp, sqrt, square } from './unary.ts';

function needFloatAxis(kind: string, x: Tensor): void {
  if (x.dtype !== 'float32' || x.shape.length === 0) throw new ShapeError(kind, [x], 'needs float32 with at least one axis');
}

/** eˣ / Σ eˣ along the last axis, stable. */
export function softmax(x: Tensor): Tensor {
  needFloatAxis('softmax', x);
  return makeTensor(
    'softmax',
    [x],
    x.shape,
    'float32',
    (lowering, names) => lowering.node('Softmax', names, { axis: -1 }),
    (output) => (cotangent) => {
      const weighted = multiply(cotangent, output);
      return [subtract(weighted, multiply(output, sum(weighted, { axes: [-1], keepDimensions: true })))];
    },
  );
}

/** log of {@link softmax}, stable. */
export function logSoftmax(x: Tensor): Tensor {
  needFloatAxis('logSoftmax', x);
  return makeTensor(
    'logSoftmax',
    [x],
    x.shape,
    'float32',
    (lowering, names) => lowering.node('LogSoftmax', names, { axis: -1 }),
    (output) => (cotangent) => [subtract(cotangent, multiply(exp(output), sum(cotangent, { axes: [-1], keepDimensions: true })))],
  );
}

/**
 * Centred and scaled to unit variance along the last axis (Ba et al. 2016), without scale and offset; multiply and add
 * for those.
 *
 * @param epsilon added to the variance; default 1e-5
 */
export function standardize(x: Tensor, epsilon = 1e-5): Tensor {
  needFloatAxis('standardize', x);
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new ShapeError('standardize', [x], 'last axis must have a fixed size');
  const statistic = [...x.shape.slice(0, -1), 1];
  const [output] = makeNode({
    kind: 'standardize',
    inputs: [x],
    outputs: [
      { shape: x.shape, dtype: 'float32' },
      { shape: statistic, dtype: 'float32' },
      { shape: statistic, dtype: 'float32' },
    ],
    lower: (lowering, [name]) => {
      const ones = lowering.constant(new Float32Array(size).fill(1), 'float32', [size]);
      return lowering.nodeWithOutputs('LayerNormalization', [name!, ones], 3, { axis: -1, epsilon: float(epsilon) });
    },
    pullback:
      (outputs) =>
      ([cotangent, toMean, toInverseDeviation]) => {
        const [normalized, , inverseDeviation] = outputs as [Tensor, Tensor, Tensor];
        const options = { axes: [-1], keepDimensions: true };
        let total: Tensor | null = null;
        const also = (part: Tensor) => void (total = total === null ? part : add(total, part));
        if (cotangent != null) {
          const centred = subtract(cotangent, mean(cotangent, options));
          const along = mean(multiply(cotangent, normalized), options);
          also(multiply(subtract(centred, multiply(normalized, along)), inverseDeviation));
        }
        // The statistics have gradients of their own where a gradient, which is made of them, is differentiated again.
        if (toMean != null) also(broadcastTo(divide(toMean, constant(size)), x.shape, x));
        if (toInverseDeviation != null) {
          also(multiply(normalized, multiply(toInverseDeviation, multiply(square(inverseDeviation), constant(-1 / size)))));
        }
        return [total];
      },
  });
  return output!;
}

/** x / max(‖x‖₂, epsilon) along the last axis. @param epsilon default 1e-6 */
export function l2Normalize(x: Tensor, epsilon = 1e-6): Tensor {
  needFloatAxis('l2Normalize', x);
  // The floor on the square keeps the root's gradient finite at the zero vector.
  const norm = sqrt(maximum(sum(square(x), { axes: [-1], keepDimensions: true }), constant(epsilon * epsilon)));
  return divide(x, norm);
}

/** x / √(mean(x²) + epsilon) along the last axis (Zhang & Sennrich 2019). @param epsilon default 1e-6 */
export function rootMeanSquareNormalize(x: Tensor, epsilon = 1e-6): Tensor {
  needFloatAxis('rootMeanSquareNormalize', x);
  const meanSquare = mean(square(x), { axes: [-1], keepDimensions: true });
  return divide(x, sqrt(add(meanSquare, constant(epsilon))));
}
