import { elementCount, type Dimension, type Shape } from '../dimension.ts';
import { constant } from '../leaf.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { divide, multiply, subtract } from './binary.ts';
import { equal } from './compare.ts';
import { broadcastTo, reshape, dimensionValue } from './shape.ts';
import { cast, exp } from './unary.ts';

/** Which axes to reduce (default all; negative counts from the end) and whether they stay as 1. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  /** @default false */
  readonly keepDimensions?: boolean;
}

/** Axes made positive and sorted; throws where one does not exist. */
export function normalizeAxes(kind: string, x: Tensor, axes: readonly number[] | undefined): number[] {
  const rank = x.shape.length;
  const positive = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (positive.some((axis, at) => !Number.isInteger(axis) || axis < 0 || axis >= rank || positive.indexOf(axis) !== at)) {
    throw new ShapeError(kind, [x], `axes [${axes?.join(', ')}] do not exist or repeat in rank ${rank}`);
  }
  return positive;
}

function reducedShapes(x: Tensor, axes: readonly number[]): { kept: Shape; dropped: Shape } {
  return {
    kept: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    dropped: x.shape.filter((_, axis) => !axes.includes(axis)),
  };
}

function reduce(
  kind: string,
  onnxOperator: string,
  x: Tensor,
  options: ReduceOptions,
  pullback: (cotangent: Tensor, output: Tensor, axes: readonly number[]) => Tensor,
): Tensor {
  const axes = normalizeAxes(kind, x, options.axes);
  const { kept, dropped } = reducedShapes(x, axes);
  if (x.dtype === 'bool') throw new ShapeError(kind, [x], 'needs numbers; cast first');
  return makeTensor(
    kind,
    [x],
    options.keepDimensions ? kept : dropped,
    x.dtype,
    (lowering, [name]) =>
      lowering.node(onnxOperator, [name!, lowering.int64(...axes)], { keepdims: options.keepDimensions ? 1 : 0, noop_with_empty_axes: 1 }),
    (output) => (cotangent) => {
      const asKept = (tensor: Tensor) => (options.keepDimensions ? tensor : reshape(tensor, kept, x));
      return [pullback(asKept(cotangent), asKept(output), axes)];
    },
  );
}

function needFloat(kind: string, x: Tensor): void {
  if (x.dtype !== 'float32') throw new ShapeError(kind, [x], 'needs float32; cast first');
}

/** Sum over axes. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce('sum', 'ReduceSum', x, options, (cotangent) => broadcastTo(cotangent, x.shape, x));
}

/** How many elements go into one reduced value, as a float scalar. */
export function reducedCount(x: Tensor, axes: readonly number[]): Tensor {
  const count: Dimension = elementCount(axes.map((axis) => x.shape[axis]!));
  return typeof count === 'number' ? constant(count) : cast(dimensionValue(x, count), 'float32');
}

/** Mean over axes. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  needFloat('mean', x);
  return reduce('mean', 'ReduceMean', x, options, (cotangent, _output, axes) =>
    broadcastTo(divide(cotangent, reducedCount(x, axes)), x.shape, x),
  );
}

/** Largest value over axes; ties share the gradient equally. */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce('max', 'ReduceMax', x, options, (cotangent, output, axes) => shareAmongTies(x, cotangent, output, axes));
}

/** Smallest value over axes; ties share the gradient equally. */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce('min', 'ReduceMin', x, options, (cotangent, output, axes) => shareAmongTies(x, cotangent, output, axes));
}

function shareAmongTies(x: Tensor, cotangent: Tensor, output: Tensor, axes: readonly number[]): Tensor {
  const chosen = cast(equal(x, output), 'float32');
  return multiply(chosen, divide(cotangent, sum(chosen, { axes, keepDimensions: true })));
}

/** log Σ eˣ over axes, stable. */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  needFloat('logSumExp', x);
  return reduce('logSumExp', 'ReduceLogSumExp', x, options, (cotangent, output) => multiply(cotangent, exp(subtract(x, output))));
}

/** Index of the largest value along an axis, as int64; the first at a tie. No gradient. */
export function argMax(x: Tensor, axis = -1): Tensor {
  const [positive] = normalizeAxes('argMax', x, [axis]);
  if (x.dtype === 'bool') throw new ShapeError('argMax', [x], 'needs numbers; cast first');
  return makeTensor('argMax', [x], reducedShapes(x, [positive!]).dropped, 'int64', (lowering, [name]) =>
    lowering.node('ArgMax', [name!], { axis: positive!, keepdims: 0 }),
  );
}

/** Running sum along an axis. @param options.reverse sum from the end; default false */
export function cumulativeSum(x: Tensor, axis: number, options: { readonly reverse?: boolean } = {}): Tensor {
  const [positive] = normalizeAxes('cumulativeSum', x, [axis]);
  if (x.dtype === 'bool') throw new ShapeError('cumulativeSum', [x], 'needs numbers; cast first');
  const reverse = options.reverse ?? false;
  return makeTensor(
    'cumulativeSum',
    [x],
    x.shape,
    x.dtype,
    (lowering, [name]) =>
      lowering.node('CumSum', [name!, lowering.constant(BigInt64Array.of(BigInt(positive!)), 'int64', [])], {
        reverse: reverse ? 1 : 0,
        exclusive: 0,
      }),
    () => (cotangent) => [cumulativeSum(cotangent, positive!, { reverse: !reverse })],
  );
}
