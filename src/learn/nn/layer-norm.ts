import { ones, zeros } from '../tensor/initializers.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { parameter } from '../tensor/leaf.ts';
import { add, multiply } from '../tensor/operators/binary.ts';
import { standardize } from '../tensor/operators/normalize.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Layer normalisation with scale and offset (Ba et al. 2016): `[..., dim]` → `[..., dim]`, parameters `scale` and
 * `offset` `[dim]`.
 *
 * @param epsilon default 1e-5
 */
export function layerNorm(name: string, x: Tensor, epsilon = 1e-5): Tensor {
  return inLayer(name, () => {
    const size = x.shape.at(-1) as number;
    return add(multiply(standardize(x, epsilon), parameter('scale', [size], ones)), parameter('offset', [size], zeros));
  });
}
