import { input } from './leaf.ts';
import type { GraphInput } from './onnx/lowering.ts';
import type { TensorValue } from './tensor-value.ts';
import type { Tensor } from './tensor.ts';

/** Name of an input that a step itself adds to the model's own. */
export function stepInput(name: string): string {
  return `step/${name}`;
}

/** A number that a step feeds at every run. */
export function stepScalar(name: string): Tensor {
  return input(stepInput(name), 'float32', []);
}

/** A vector that a step feeds at every run, `[size]`. */
export function stepVector(name: string, size: number): Tensor {
  return input(stepInput(name), 'float32', [size]);
}

/** A number as it is fed. */
export function scalarValue(value: number): TensorValue {
  return { data: Float32Array.of(value), shape: [] };
}

/** A vector as it is fed; not copied. */
export function vectorValue(data: Float32Array): TensorValue {
  return { data, shape: [data.length] };
}

/** Of all that a step can feed, what a program reads. */
export function onlyInputs(inputs: readonly GraphInput[], feeds: Readonly<Record<string, TensorValue>>): Record<string, TensorValue> {
  return Object.fromEntries(inputs.flatMap(({ name }) => (feeds[name] === undefined ? [] : [[name, feeds[name]]])));
}
