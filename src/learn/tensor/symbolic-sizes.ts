import { dimensionFactors } from './dimension.ts';
import type { GraphInput } from './onnx/lowering.ts';
import type { TensorValue } from './tensor-value.ts';

/** Values of the symbolic dimensions, read off the fed arrays. */
export function symbolicSizes(inputs: readonly GraphInput[], feeds: Readonly<Record<string, TensorValue>>): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { name, shape } of inputs) {
    shape.forEach((dimension, axis) => {
      const { coefficient, atoms } = dimensionFactors(dimension);
      const size = feeds[name]?.shape[axis];
      if (coefficient === 1 && atoms.length === 1 && size !== undefined) sizes[atoms[0]!] = size;
    });
  }
  return sizes;
}
