import { elementCount, formatShape, sameShape, type Dimension } from '../dimension.ts';
import { sourceOfIndices } from '../fed-indices.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { makeNode, makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { normalizeAxes } from './reduce.ts';
import { reshape } from './shape.ts';

function needWholeNumbers(kind: string, indices: Tensor, operands: readonly Tensor[]): void {
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64') throw new ShapeError(kind, operands, 'indices must be int32 or int64');
}

/**
 * Rows of a table: `table[indices[…], :]`, shape `[...indices, ...table[1:]]`. An index outside the table is an error at
 * run time.
 */
export function gatherRows(table: Tensor, indices: Tensor): Tensor {
  needWholeNumbers('gatherRows', indices, [table, indices]);
  const [rows, ...rest] = table.shape;
  if (rows === undefined) throw new ShapeError('gatherRows', [table, indices], 'table needs at least one axis');
  return makeTensor(
    'gatherRows',
    [table, indices],
    [...indices.shape, ...rest],
    table.dtype,
    (lowering, names) =>
      rest.length === 0 ? gatherNumbers(lowering, names, indices.shape.length) : lowering.node('Gather', names, { axis: 0 }),
    () => (cotangent) => [addRows(reshape(cotangent, [-1, ...rest]), reshape(indices, [-1]), rows, table), null],
  );
}

/** Single numbers: `Gather` copies each as a row of its own, `GatherElements` takes a fraction of that. */
function gatherNumbers(lowering: Lowering, [table, indices]: readonly string[], rank: number): string {
  if (rank === 1) return lowering.node('GatherElements', [table!, indices!], { axis: 0 });
  const flat = lowering.node('Reshape', [indices!, lowering.int64(-1)]);
  return lowering.node('Reshape', [lowering.node('GatherElements', [table!, flat], { axis: 0 }), lowering.node('Shape', [indices!])]);
}

/**
 * The sum of updates by row (a segment sum): `result[indices[i], :] += updates[i, :]` over zeros; rows that no index
 * names stay 0. One order of summation, so one result, whatever the number of threads.
 *
 * @param updates `[count, ...rest]`
 * @param indices `[count]`
 * @param rows size of the result's first axis
 * @param like a tensor that carries `rows` when it is symbolic
 * @returns `[rows, ...rest]`
 */
export function addRows(updates: Tensor, indices: Tensor, rows: Dimension, like: Tensor): Tensor {
  needWholeNumbers('addRows', indices, [updates, indices]);
  const [count, ...rest] = updates.shape;
  if (count === undefined || !sameShape(indices.shape, [count])) {
    throw new ShapeError('addRows', [updates, indices], `indices must be ${formatShape([count ?? 'count'])}`);
  }
  if (rest.length > 1) {
    const flat = reshape(updates, [count, elementCount(rest)]);
    return reshape(addRows(flat, indices, rows, like), [rows, ...rest], updates);
  }
  return makeTensor(
    'addRows',
    [updates, indices, like],
    [rows, ...rest],
    'float32',
    (lowering, [update, index]) => {
      const source = fedBy(indices);
      if (lowering.dialect === 'onnxruntime' && source !== null && rest.length === 1)
        return plannedSum(lowering, update!, source, rows, rest[0]!, 1);
      return scatteredSum(lowering, update!, index!, rows, rest);
    },
    () => (cotangent) => [gatherRows(cotangent, indices), null, null],
  );
}

/**
 * Sums of bags of rows, without the rows laid out first in the gradient: `result[i, :] = Σⱼ table[indices[i, j], :]`.
 *
 * @param table `[rows, width]`
 * @param indices `[count, bag]`, a fixed number of places a bag
 * @returns `[count, width]`
 */
export function sumOfRows(table: Tensor, indices: Tensor): Tensor {
  needWholeNumbers('sumOfRows', indices, [table, indices]);
  const [rows, width] = table.shape;
  if (table.shape.length !== 2 || indices.shape.length !== 2 || typeof indices.shape[1] !== 'number')
    throw new ShapeError('sumOfRows', [table, indices], 'needs a table of two axes, and bags of a fixed size on two');
  return makeTensor(
    'sumOfRows',
    [table, indices],
    [indices.shape[0]!, width!],
    'float32',
    (lowering, names) => lowering.node('ReduceSum', [lowering.node('Gather', names, { axis: 0 }), lowering.int64(1)], { keepdims: 0 }),
    () => (cotangent) => [addBags(cotangent, indices, rows!, table), null],
  );
}

/**
 * The transpose of {@link sumOfRows}: `result[indices[i, j], :] += updates[i, :]` over zeros, in one order.
 *
 * @param updates `[count, width]`
 * @param indices `[count, bag]`
 * @param rows size of the result's first axis
 * @param like a tensor that carries `rows` when it is symbolic
 * @returns `[rows, width]`
 */
export function addBags(updates: Tensor, indices: Tensor, rows: Dimension, like: Tensor): Tensor {
  needWholeNumbers('addBags', indices, [updates, indices]);
  const [count, width] = updates.shape;
  const bag = indices.shape[1];
  if (updates.shape.length !== 2 || !sameShape(indices.shape, [count!, bag ?? 0]) || typeof bag !== 'number')
    throw new ShapeError('addBags', [updates, indices], 'needs a row of updates a bag of indices');
  return makeTensor(
    'addBags',
    [updates, indices, like],
    [rows, width!],
    'float32',
    (lowering, [update, index]) => {
      const source = fedBy(indices);
      if (lowering.dialect === 'onnxruntime' && source !== null) return plannedSum(lowering, update!, source, rows, width!, bag);
      const repeated = lowering.node('Expand', [lowering.node('Unsqueeze', [update!, lowering.int64(1)]), lowering.int64(1, bag, 1)]);
      const flat = lowering.node('Reshape', [
        repeated,
        lowering.node('Concat', [lowering.int64(-1), lowering.shape([width!])], { axis: 0 }),
      ]);
      return scatteredSum(lowering, flat, lowering.node('Reshape', [index!, lowering.int64(-1)]), rows, [width!]);
    },
    () => (cotangent) => [sumOfRows(cotangent, indices), null, null],
  );
}

/** The int32 input that the indices are, through casts and reshapes; null where they are computed. */
function fedBy(indices: Tensor): string | null {
  const source = sourceOfIndices(indices);
  return source.node.leaf?.kind === 'input' && source.dtype === 'int32' ? source.node.leaf.name : null;
}

/**
 * Sums by a plan that is made from the fed indices before the run: gathers and sums along an axis, on all threads.
 *
 * @param bag indices that share an update
 */
function plannedSum(lowering: Lowering, updates: string, source: string, rows: Dimension, width: Dimension, bag: number): string {
  const plan = lowering.rowSumPlan(source, rows);
  const zero = lowering.node('ConstantOfShape', [lowering.shape([1, width])]);
  const sums: string[] = [];
  let entries = updates;
  plan.levels.forEach((level, at) => {
    const places = at === 0 && bag > 1 ? lowering.node('Div', [level, lowering.constant(Int32Array.of(bag), 'int32', [])]) : level;
    const chunks = lowering.node('Gather', [lowering.node('Concat', [entries, zero], { axis: 0 }), places], { axis: 0 });
    entries = lowering.node('ReduceSum', [chunks, lowering.int64(1)], { keepdims: 0 });
    sums.push(entries);
  });
  return lowering.node('Gather', [lowering.node('Concat', [...sums, zero], { axis: 0 }), plan.places], { axis: 0 });
}

/**
 * Sums by indices that only the run knows. Not ScatterND: with reduction=add its kernel splits the updates over threads that
 * then race for the same row, which loses updates. And along the last axis, where ScatterElements takes half the time that
 * it takes along the first.
 */
function scatteredSum(lowering: Lowering, updates: string, indices: string, rows: Dimension, rest: readonly Dimension[]): string {
  const zeros = lowering.node('ConstantOfShape', [lowering.shape([...rest, rows])]);
  if (rest.length === 0) return lowering.node('ScatterElements', [zeros, indices, updates], { axis: 0, reduction: 'add' });
  const turned = lowering.node('Transpose', [updates], { perm: [1, 0] });
  const row = lowering.node('Reshape', [indices, lowering.int64(1, -1)]);
  const places = lowering.node('Expand', [row, lowering.node('Shape', [turned])]);
  const summed = lowering.node('ScatterElements', [zeros, places, turned], { axis: 1, reduction: 'add' });
  return lowering.node('Transpose', [summed], { perm: [1, 0] });
}

/**
 * One element per index along an axis: `result[…, i, …] = x[…, indices[…, i, …], …]`. `indices` has the rank of `x`.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis: number): Tensor {
  needWholeNumbers('takeAlongAxis', indices, [x, indices]);
  const [at] = normalizeAxes('takeAlongAxis', x, [axis]) as [number];
  if (indices.shape.length !== x.shape.length || indices.shape.some((size, index) => index !== at && size !== x.shape[index])) {
    throw new ShapeError('takeAlongAxis', [x, indices], `shapes must agree on every axis but ${at}`);
  }
  return makeTensor(
    'takeAlongAxis',
    [x, indices],
    indices.shape,
    x.dtype,
    (lowering, names) => lowering.node('GatherElements', names, { axis: at }),
    () => (cotangent) => [addAlongAxis(cotangent, indices, at, x), null],
  );
}

/**
 * The transpose of {@link takeAlongAxis}: sums updates into zeros of the shape of `like`. `updates` and `indices` have
 * one shape, which agrees with `like` on every axis but `axis`.
 */
export function addAlongAxis(updates: Tensor, indices: Tensor, axis: number, like: Tensor): Tensor {
  needWholeNumbers('addAlongAxis', indices, [updates, indices, like]);
  const [at] = normalizeAxes('addAlongAxis', like, [axis]) as [number];
  const agrees =
    like.shape.length === indices.shape.length && indices.shape.every((size, index) => index === at || size === like.shape[index]);
  if (!agrees || !sameShape(updates.shape, indices.shape)) {
    throw new ShapeError(
      'addAlongAxis',
      [updates, indices, like],
      `updates and indices must be of one shape and agree with the third on every axis but ${at}`,
    );
  }
  return makeTensor(
    'addAlongAxis',
    [updates, indices, like],
    like.shape,
    'float32',
    (lowering, [update, index]) => {
      const zeros = lowering.node('ConstantOfShape', [lowering.shape(like.shape)]);
      return lowering.node('ScatterElements', [zeros, index!, update!], { axis: at, reduction: 'add' });
    },
    () => (cotangent) => [takeAlongAxis(cotangent, indices, at), null, null],
  );
}

/** 1 at the index, 0 elsewhere, along a new last axis of `depth`. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  needWholeNumbers('oneHot', indices, [indices]);
  if (!Number.isInteger(depth) || depth < 1) throw new ShapeError('oneHot', [indices], `depth must be a whole number from 1, got ${depth}`);
  // ONNX takes no scalar here.
  if (indices.shape.length === 0) return reshape(oneHot(reshape(indices, [1]), depth), [depth]);
  return makeTensor('oneHot', [indices], [...indices.shape, depth], 'float32', (lowering, [name]) => {
    // ONNX Runtime has kernels only for indices and depth of one type.
    const size = indices.dtype === 'int32' ? lowering.constant(Int32Array.of(depth), 'int32', [1]) : lowering.int64(depth);
    return lowering.node('OneHot', [name!, size, lowering.constant(Float32Array.of(0, 1), 'float32', [2])], { axis: -1 });
  });
}

/**
 * The k largest along the last axis, largest first.
 *
 * @returns values (with gradient) and int64 indices, `[..., k]`
 */
export function topK(x: Tensor, k: number): { readonly values: Tensor; readonly indices: Tensor } {
  const last = x.shape.length - 1;
  const size = x.shape[last];
  if (size === undefined || !Number.isInteger(k) || k < 1 || (typeof size === 'number' && k > size))
    throw new ShapeError('topK', [x], `cannot take the ${k} largest of ${String(size)}`);
  const shape = [...x.shape.slice(0, last), k];
  const [values, indices] = makeNode({
    kind: 'topK',
    inputs: [x],
    outputs: [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int64' },
    ],
    lower: (lowering, [name]) => lowering.nodeWithOutputs('TopK', [name!, lowering.int64(k)], 2, { axis: last, largest: 1, sorted: 1 }),
    pullback:
      (outputs) =>
      ([cotangent]) => [cotangent == null ? null : addAlongAxis(cotangent, outputs[1]!, last, x)],
  }) as [Tensor, Tensor];
  return { values, indices };
}
