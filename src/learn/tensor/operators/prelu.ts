import { constant } from '../leaf.ts';
import type { Tensor } from '../tensor.ts';
import { add, minimum, multiply } from './binary.ts';
import { relu } from './unary.ts';

/** x for x > 0, slope·x otherwise, the slope learned and broadcast against x (He et al. 2015, eq. 1). */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  return add(relu(x), multiply(slope, minimum(x, constant(0))));
}
