import { addDimensions } from '../dimension.ts';
import { onnxType } from '../onnx/lowering.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { normalizeAxes } from './reduce.ts';
import { slice } from './shape.ts';

/**
 * Further elements of one value before and after an axis, which may be symbolic.
 *
 * @param before how many in front, from 0
 * @param after how many behind, from 0
 * @param value default 0
 */
export function pad(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const [at] = normalizeAxes('pad', x, [axis]) as [number];
  if (![before, after].every((count) => Number.isInteger(count) && count >= 0))
    throw new ShapeError('pad', [x], `cannot add ${before} and ${after} elements`);
  if (x.dtype === 'bool') throw new ShapeError('pad', [x], 'needs numbers; cast first');
  const size = x.shape[at]!;
  return makeTensor(
    'pad',
    [x],
    x.shape.with(at, addDimensions(size, before + after)),
    x.dtype,
    (lowering, [name]) => {
      const fill = lowering.node('Cast', [lowering.scalar(value)], { to: onnxType(x.dtype) });
      return lowering.node('Pad', [name!, lowering.int64(before, after), fill, lowering.int64(at)], { mode: 'constant' });
    },
    () => (cotangent) => [slice(cotangent, at, before, after === 0 ? 2 ** 31 : -after, { size })],
  );
}
