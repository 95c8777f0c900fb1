import { makeTensor, type Tensor } from '../tensor.ts';
import { normalizeAxes } from './reduce.ts';

/** The elements along an axis in reverse order. */
export function flip(x: Tensor, axis: number): Tensor {
  const [at] = normalizeAxes('flip', x, [axis]) as [number];
  return makeTensor(
    'flip',
    [x],
    x.shape,
    x.dtype,
    // From the last element to "before the first", which ONNX writes as any number below −size.
    (lowering, [name]) =>
      lowering.node('Slice', [name!, lowering.int64(-1), lowering.int64(-(2 ** 31)), lowering.int64(at), lowering.int64(-1)]),
    () => (cotangent) => [flip(cotangent, at)],
  );
}
