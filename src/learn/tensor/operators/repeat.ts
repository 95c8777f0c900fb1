import { multiplyDimensions, type Dimension } from '../dimension.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import { normalizeAxes } from './reduce.ts';
import { broadcastTo, expandDimension, reshape } from './shape.ts';

function checkCount(kind: string, x: Tensor, count: Dimension): void {
  if (typeof count === 'number' && (!Number.isInteger(count) || count < 1)) throw new ShapeError(kind, [x], `cannot repeat ${count} times`);
}

/**
 * Each element along an axis several times in a row: `[a, b]` → `[a, a, b, b]`.
 *
 * @param like a tensor that carries `count` when it is symbolic
 */
export function repeat(x: Tensor, axis: number, count: Dimension, like?: Tensor): Tensor {
  const [at] = normalizeAxes('repeat', x, [axis]) as [number];
  checkCount('repeat', x, count);
  const spread = x.shape.toSpliced(at + 1, 0, count);
  return reshape(broadcastTo(expandDimension(x, at + 1), spread, like), x.shape.with(at, multiplyDimensions(x.shape[at]!, count)));
}

/**
 * The whole axis several times over: `[a, b]` → `[a, b, a, b]`.
 *
 * @param like a tensor that carries `count` when it is symbolic
 */
export function tile(x: Tensor, axis: number, count: Dimension, like?: Tensor): Tensor {
  const [at] = normalizeAxes('tile', x, [axis]) as [number];
  checkCount('tile', x, count);
  const spread = x.shape.toSpliced(at, 0, count);
  return reshape(broadcastTo(expandDimension(x, at), spread, like), x.shape.with(at, multiplyDimensions(x.shape[at]!, count)));
}
