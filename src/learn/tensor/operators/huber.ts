import { constant } from '../leaf.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import { minimum, multiply, subtract } from './binary.ts';
import { absolute } from './unary.ts';

/** ½x² for |x| ≤ delta, delta·(|x| − ½delta) beyond (Huber 1964), elementwise. @param delta above 0, default 1 */
export function huber(x: Tensor, delta = 1): Tensor {
  if (!(delta > 0)) throw new ShapeError('huber', [x], `delta must be above 0, got ${delta}`);
  const size = absolute(x);
  const bounded = minimum(size, constant(delta));
  return multiply(bounded, subtract(size, multiply(constant(0.5), bounded)));
}
