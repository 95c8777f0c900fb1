import {
  addDimensions,
  broadcastShapes,
  divideDimension,
  elementCount,
  formatShape,
  sameShape,
  type Dimension,
  type Shape,
} from '../dimension.ts';
import { constant } from '../leaf.ts';
import { makeNode, makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { sumToShape } from './binary.ts';
import { normalizeAxes } from './reduce.ts';

/**
 * The same elements in another shape; one entry may be −1. Costs nothing at run time.
 *
 * @param like a tensor that carries the symbolic sizes which `x` does not
 */
export function reshape(x: Tensor, shape: Shape, like?: Tensor): Tensor {
  const free = shape.indexOf(-1);
  let target = shape;
  if (free >= 0) {
    const rest = elementCount(shape.filter((_, axis) => axis !== free));
    const size = divideDimension(elementCount(x.shape), rest);
    if (size === null || shape.lastIndexOf(-1) !== free) throw new ShapeError('reshape', [x], `cannot become ${formatShape(shape)}`);
    target = shape.map((dimension, axis) => (axis === free ? size : dimension));
  }
  if (elementCount(x.shape) !== elementCount(target)) {
    throw new ShapeError('reshape', [x], `${String(elementCount(x.shape))} elements do not fill ${formatShape(target)}`);
  }
  if (sameShape(x.shape, target)) return x;
  return makeTensor(
    'reshape',
    carriers(x, target, like),
    target,
    x.dtype,
    (lowering, [name]) => {
      const symbolic = target.flatMap((size, axis) => (typeof size === 'string' ? [axis] : []));
      if (symbolic.length > 1) return lowering.node('Reshape', [name!, lowering.shape(target)]);
      return lowering.node('Reshape', [name!, lowering.int64(...target.map((size) => (typeof size === 'string' ? -1 : size)))]);
    },
    () => (cotangent) => [reshape(cotangent, x.shape, x), null],
  );
}

/** `x`, and beside it the tensor that a symbolic size of the target is read from, where `x` has it not. */
function carriers(x: Tensor, target: Shape, like: Tensor | undefined): readonly Tensor[] {
  const needed = target.some((size) => typeof size === 'string' && !x.shape.includes(size));
  return like !== undefined && needed ? [x, like] : [x];
}

/** Axes in another order. @param permutation output axis `a` is input axis `permutation[a]` */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  if ([...permutation].sort((a, b) => a - b).some((axis, at) => axis !== at) || permutation.length !== x.shape.length) {
    throw new ShapeError('transpose', [x], `[${permutation.join(', ')}] is not a permutation of its axes`);
  }
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return makeTensor(
    'transpose',
    [x],
    permutation.map((axis) => x.shape[axis]!),
    x.dtype,
    (lowering, [name]) => lowering.node('Transpose', [name!], { perm: permutation }),
    () => (cotangent) => [transpose(cotangent, inverse)],
  );
}

/** A new axis of size 1 at `axis` of the result. */
export function expandDimension(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  if (!Number.isInteger(at) || at < 0 || at > x.shape.length)
    throw new ShapeError('expandDimension', [x], `axis ${axis} does not exist in the result`);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/**
 * Repeats along axes of size 1 (and new leading axes) to reach a shape.
 *
 * @param like a tensor that carries the symbolic sizes which `x` does not
 */
export function broadcastTo(x: Tensor, shape: Shape, like?: Tensor): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const joined = broadcastShapes(x.shape, shape);
  if (joined === null || !sameShape(joined, shape)) throw new ShapeError('broadcastTo', [x], `does not stretch to ${formatShape(shape)}`);
  return makeTensor(
    'broadcastTo',
    carriers(x, shape, like),
    shape,
    x.dtype,
    (lowering, [name]) => lowering.node('Expand', [name!, lowering.shape(shape)]),
    () => (cotangent) => [sumToShape(cotangent, x.shape), null],
  );
}

/** Joins along an axis; all other sizes must agree. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (first === undefined) throw new ShapeError('concatenate', [], 'needs at least one tensor');
  const [at] = normalizeAxes('concatenate', first, [axis]) as [number];
  const rest = (tensor: Tensor) => tensor.shape.filter((_, index) => index !== at);
  if (parts.some((part) => part.dtype !== first.dtype || part.shape.length !== first.shape.length || !sameShape(rest(part), rest(first)))) {
    throw new ShapeError('concatenate', parts, `all sizes but those of axis ${at} must agree`);
  }
  if (parts.length === 1) return first;
  const sizes = parts.map((part) => part.shape[at]!);
  return makeTensor(
    'concatenate',
    parts,
    first.shape.map((size, index) => (index === at ? addDimensions(...sizes) : size)),
    first.dtype,
    (lowering, names) => lowering.node('Concat', names, { axis: at }),
    () => (cotangent) => split(cotangent, at, sizes),
  );
}

/** Cuts along an axis into parts of the given sizes. */
export function split(x: Tensor, axis: number, sizes: readonly Dimension[]): readonly Tensor[] {
  const [at] = normalizeAxes('split', x, [axis]) as [number];
  if (addDimensions(...sizes) !== x.shape[at]) {
    throw new ShapeError('split', [x], `sizes ${formatShape(sizes)} do not add up to ${String(x.shape[at])} on axis ${at}`);
  }
  if (sizes.length === 1) return [x];
  return makeNode({
    kind: 'split',
    inputs: [x],
    outputs: sizes.map((size) => ({ shape: x.shape.map((dimension, index) => (index === at ? size : dimension)), dtype: x.dtype })),
    lower: (lowering, [name]) => lowering.nodeWithOutputs('Split', [name!, lowering.shape(sizes)], sizes.length, { axis: at }),
    pullback: (outputs) => (cotangents) => [
      concatenate(
        cotangents.map((cotangent, index) => cotangent ?? broadcastTo(constant(0), outputs[index]!.shape, outputs[index])),
        at,
      ),
    ],
  });
}

/**
 * A contiguous range along an axis, `[start, stop)`; negative counts from the end.
 *
 * @param options.size the resulting size where the axis is symbolic (any name of your choice)
 */
export function slice(x: Tensor, axis: number, start: number, stop: number, options: { readonly size?: Dimension } = {}): Tensor {
  const [at] = normalizeAxes('slice', x, [axis]) as [number];
  const full = x.shape[at]!;
  const size = typeof full === 'number' || options.size === undefined ? sliceSize(x, full, start, stop) : options.size;
  if (options.size !== undefined && options.size !== size)
    throw new ShapeError('slice', [x], `[${start}, ${stop}) has ${size} elements, not ${options.size}`);
  return makeTensor(
    'slice',
    [x],
    x.shape.map((dimension, index) => (index === at ? size : dimension)),
    x.dtype,
    (lowering, [name]) => lowering.node('Slice', [name!, lowering.int64(start), lowering.int64(stop), lowering.int64(at)]),
    () => (cotangent) => [unslice(cotangent, x, at, start, stop)],
  );
}

function sliceSize(x: Tensor, full: Dimension, start: number, stop: number): number {
  if (typeof full === 'string') {
    if (start < 0 && stop >= 2 ** 31) return -start;
    if (start >= 0 && stop >= start && stop < 2 ** 31) return stop - start;
    throw new ShapeError('slice', [x], `axis of size ${full} needs options.size`);
  }
  const from = Math.min(full, start < 0 ? start + full : start);
  const to = Math.min(full, stop < 0 ? stop + full : stop);
  if (from < 0 || to < from) throw new ShapeError('slice', [x], `range [${start}, ${stop}) is outside an axis of ${full}`);
  return to - from;
}

/** The gradient of a slice: zeros around it. The widths are computed at run time where the axis is symbolic. */
function unslice(cotangent: Tensor, original: Tensor, axis: number, start: number, stop: number): Tensor {
  return makeTensor(
    'unslice',
    [cotangent, original],
    original.shape,
    cotangent.dtype,
    (lowering, [name, originalName]) => {
      const full = lowering.node('Shape', [originalName!], { start: axis, end: axis + 1 });
      const resolve = (value: number) => {
        const bound = lowering.node('Min', [lowering.int64(Math.min(Math.abs(value), 2 ** 31)), full]);
        return value < 0 ? lowering.node('Sub', [full, bound]) : bound;
      };
      const pads = lowering.node('Concat', [resolve(start), lowering.node('Sub', [full, resolve(stop)])], { axis: 0 });
      return lowering.node('Pad', [name!, pads, '', lowering.int64(axis)], { mode: 'constant' });
    },
    () => (upstream) => [slice(upstream, axis, start, stop, { size: cotangent.shape[axis]! }), null],
  );
}

/** Stacks tensors of one shape along a new axis. */
export function stack(parts: readonly Tensor[], axis: number): Tensor {
  return concatenate(
    parts.map((part) => expandDimension(part, axis)),
    axis,
  );
}

/** The run-time value of a symbolic dimension of `x`, an int64 scalar. */
export function dimensionValue(x: Tensor, dimension: Dimension): Tensor {
  return makeTensor('dimensionValue', [x], [], 'int64', (lowering) => {
    const value = lowering.shape([dimension]);
    return lowering.node('Reshape', [value, lowering.int64()]);
  });
}

/** 0, 1, … size − 1 as int32, `[size]`. @param like a tensor that has the dimension, when it is symbolic */
export function range(size: Dimension, like: Tensor): Tensor {
  return makeTensor('range', [like], [size], 'int32', (lowering) => {
    const stop = lowering.node('Cast', [lowering.node('Reshape', [lowering.shape([size]), lowering.int64()])], { to: 6 });
    const zero = lowering.constant(Int32Array.of(0), 'int32', []);
    return lowering.node('Range', [zero, stop, lowering.constant(Int32Array.of(1), 'int32', [])]);
  });
}
