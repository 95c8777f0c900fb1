import { sameShape } from '../dimension.ts';
import { dropoutMask } from '../leaf.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { multiply } from './binary.ts';

/** The same value; no gradient flows back through it. */
export function stopGradient(x: Tensor): Tensor {
  return makeTensor('stopGradient', [x], x.shape, x.dtype, (_lowering, [name]) => name!);
}

/**
 * The value of `forward` with the gradient of `surrogate` (Bengio et al. 2013), for steps such as rounding.
 *
 * @example straightThrough(round(x), x)
 */
export function straightThrough(forward: Tensor, surrogate: Tensor): Tensor {
  if (!sameShape(forward.shape, surrogate.shape) || forward.dtype !== surrogate.dtype) {
    throw new ShapeError('straightThrough', [forward, surrogate], 'shapes and types must be equal');
  }
  return makeTensor(
    'straightThrough',
    [forward, surrogate],
    forward.shape,
    forward.dtype,
    (_lowering, [name]) => name!,
    () => (cotangent) => [null, cotangent],
  );
}

/**
 * A value with a gradient rule of your own.
 *
 * @param value computed from `inputs` by any operators
 * @param inputs what the rule gives gradients for
 * @param pullback gradients of the inputs from that of the value; null for none
 */
export function customGradient(
  value: Tensor,
  inputs: readonly Tensor[],
  pullback: (cotangent: Tensor) => readonly (Tensor | null)[],
): Tensor {
  return makeTensor(
    'customGradient',
    [value, ...inputs],
    value.shape,
    value.dtype,
    (_lowering, [name]) => name!,
    () => (cotangent) => {
      const parts = pullback(cotangent);
      if (parts.length !== inputs.length)
        throw new ShapeError('customGradient', inputs, `the rule gives ${parts.length} gradients for ${inputs.length} inputs`);
      return [null, ...parts];
    },
  );
}

/**
 * Zeroes elements with probability `rate` and scales the rest by 1 / (1 − rate) (Srivastava et al. 2014). The mask is an
 * input of the graph, so that one seed gives one run. Leave it out (rate 0) where a model is served.
 */
export function dropout(x: Tensor, rate: number): Tensor {
  if (x.dtype !== 'float32') throw new ShapeError('dropout', [x], 'needs float32; cast first');
  if (!(rate >= 0 && rate < 1)) throw new ShapeError('dropout', [x], `rate must be in [0, 1), got ${rate}`);
  return rate === 0 ? x : multiply(x, dropoutMask(x.shape, 1 - rate));
}
