import type { ElementArray } from './onnx/lowering.ts';

/** Numbers with a shape: what a program is fed and returns. */
export interface TensorValue {
  readonly data: ElementArray;
  readonly shape: readonly number[];
}
