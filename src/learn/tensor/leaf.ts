import { NisusError } from '../../base/error.ts';
import type { Shape } from './dimension.ts';
import { currentLayerPath } from './layer-path.ts';
import type { DataType } from './data-type.ts';
import type { ElementArray } from './onnx/lowering.ts';
import { makeNode, type Initializer, type Tensor } from './tensor.ts';

/** A value fed at every run. Shapes may hold symbolic dimensions: `input('items', 'int32', ['batch', 'length'])`. */
export function input(name: string, dtype: DataType, shape: Shape): Tensor {
  return makeNode({
    kind: 'input',
    inputs: [],
    outputs: [{ shape, dtype }],
    leaf: { kind: 'input', name },
    lower: (lowering) => [lowering.graphInput(name, dtype, shape)],
  })[0]!;
}

/**
 * The mask of a dropout site: an input that a training program fills by itself, 0 where dropped and `1 / keep` where
 * kept. Masks are named `dropout/0`, `dropout/1`, … in the order in which the
 * model made them.
 *
 * @param keep probability of keeping an element, in (0, 1]
 */
export function dropoutMask(shape: Shape, keep: number): Tensor {
  return makeNode({
    kind: 'dropoutMask',
    inputs: [],
    outputs: [{ shape, dtype: 'float32' }],
    leaf: { kind: 'dropoutMask', keep },
    // Named by `emitOnnx`, which sees all masks of the graph.
    lower: (lowering) => [lowering.dropoutMask(shape, keep)],
  })[0]!;
}

/**
 * Noise, uniform in (0, 1), that a training program fills by itself from its seed, new at every step: an input named
 * `noise/0`, `noise/1`, … in the order in which the model made it.
 */
export function uniformNoise(shape: Shape): Tensor {
  return makeNode({
    kind: 'uniformNoise',
    inputs: [],
    outputs: [{ shape, dtype: 'float32' }],
    leaf: { kind: 'uniformNoise' },
    // Named by `emitOnnx`, as masks are.
    lower: (lowering) => [lowering.uniformNoise(shape)],
  })[0]!;
}

/**
 * A trained value with the layer path before its name: inside `inLayer('block0', …)`, `parameter('weight', …)` is
 * `block0.weight`.
 */
export function parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor {
  const path = currentLayerPath();
  const fullName = path === '' ? name : `${path}.${name}`;
  return makeNode({
    kind: 'parameter',
    inputs: [],
    outputs: [{ shape, dtype: 'float32' }],
    leaf: { kind: 'parameter', name: fullName, initializer },
    lower: (lowering) => [lowering.parameter(fullName, shape)],
  })[0]!;
}

/** Thrown when a constant's values do not fill its shape. */
export class ConstantSizeError extends NisusError {
  constructor(shape: readonly number[], length: number) {
    super(
      'TENSOR_CONSTANT_SIZE',
      `constant of shape [${shape.join(', ')}] needs ${shape.reduce((a, b) => a * b, 1)} values, got ${length}`,
      {
        fields: { shape, length },
      },
    );
  }
}

/** A fixed value. A plain number is a scalar. */
export function constant(
  value: number | readonly number[] | Float32Array | Int32Array | BigInt64Array | Uint8Array,
  options: { readonly dtype?: DataType; readonly shape?: readonly number[] } = {},
): Tensor {
  const dtype = options.dtype ?? dtypeOf(value);
  const data = typedArray(value, dtype);
  const shape = options.shape ?? (typeof value === 'number' ? [] : [data.length]);
  if (shape.reduce((a, b) => a * b, 1) !== data.length) throw new ConstantSizeError(shape, data.length);
  return makeNode({
    kind: 'constant',
    inputs: [],
    outputs: [{ shape, dtype }],
    leaf: { kind: 'constant', data },
    lower: (lowering) => [lowering.constant(data, dtype, shape)],
  })[0]!;
}

function dtypeOf(value: unknown): DataType {
  if (value instanceof Int32Array) return 'int32';
  if (value instanceof BigInt64Array) return 'int64';
  if (value instanceof Uint8Array) return 'bool';
  return 'float32';
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array } as const;

function typedArray(value: number | ArrayLike<number | bigint>, dtype: DataType): ElementArray {
  if (value instanceof arrayTypes[dtype]) return value;
  const numbers = typeof value === 'number' ? [value] : Array.from(value, Number);
  return dtype === 'int64' ? BigInt64Array.from(numbers, BigInt) : arrayTypes[dtype].from(numbers);
}
