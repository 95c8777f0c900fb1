import { broadcastShapes, formatShape, type Dimension, type Shape } from '../dimension.ts';
import { float } from '../onnx/lowering.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { sumToShape } from './binary.ts';
import { reshape, transpose } from './shape.ts';

/** Which operand is read transposed (last two axes) and what the product is scaled by. */
export interface MatmulOptions {
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  /** @default 1 */
  readonly scale?: number;
}

/**
 * Matrix product of the last two axes, the others broadcast: `[..., m, k] × [..., k, n] → [..., m, n]`. Transposition
 * and scale cost nothing extra in training graphs (`FusedMatMul`).
 */
export function matmul(left: Tensor, right: Tensor, options: MatmulOptions = {}): Tensor {
  const transposeLeft = options.transposeLeft ?? false;
  const transposeRight = options.transposeRight ?? false;
  const scale = options.scale ?? 1;
  const shape = productShape(left, right, transposeLeft, transposeRight);
  // A batch of rows against one matrix is one large product, not many small ones.
  if (left.shape.length > 2 && right.shape.length === 2 && !transposeLeft) {
    const product = matmul(reshape(left, [-1, left.shape.at(-1)!]), right, options);
    return reshape(product, shape);
  }
  return makeTensor(
    'matmul',
    [left, right],
    shape,
    'float32',
    (lowering, names) => {
      if (lowering.dialect === 'onnxruntime' && (transposeLeft || transposeRight || scale !== 1)) {
        return lowering.node('com.microsoft::FusedMatMul', names, {
          transA: transposeLeft ? 1 : 0,
          transB: transposeRight ? 1 : 0,
          alpha: float(scale),
        });
      }
      const swapped = (name: string, rank: number) => {
        const permutation = Array.from({ length: rank }, (_, axis) => axis);
        [permutation[rank - 2], permutation[rank - 1]] = [rank - 1, rank - 2];
        return lowering.node('Transpose', [name], { perm: permutation });
      };
      const a = transposeLeft ? swapped(names[0]!, left.shape.length) : names[0]!;
      const b = transposeRight ? swapped(names[1]!, right.shape.length) : names[1]!;
      const product = lowering.node('MatMul', [a, b]);
      return scale === 1 ? product : lowering.node('Mul', [product, lowering.scalar(scale)]);
    },
    () => (cotangent) => {
      const toLeft = transposeLeft
        ? matmul(right, cotangent, { transposeLeft: transposeRight, transposeRight: true, scale })
        : matmul(cotangent, right, { transposeRight: !transposeRight, scale });
      const toRight = transposeRight
        ? matmul(cotangent, left, { transposeLeft: true, transposeRight: transposeLeft, scale })
        : matmul(left, cotangent, { transposeLeft: !transposeLeft, scale });
      return [sumToShape(toLeft, left.shape), sumToShape(toRight, right.shape)];
    },
  );
}

function productShape(left: Tensor, right: Tensor, transposeLeft: boolean, transposeRight: boolean): Shape {
  if (left.dtype !== 'float32' || right.dtype !== 'float32') throw new ShapeError('matmul', [left, right], 'needs float32; cast first');
  if (left.shape.length < 2 || right.shape.length < 2)
    throw new ShapeError('matmul', [left, right], 'both operands need at least two axes');
  const [m, k] = matrixSize(left, transposeLeft);
  const [inner, n] = matrixSize(right, transposeRight);
  if (k !== inner) throw new ShapeError('matmul', [left, right], `inner sizes ${String(k)} and ${String(inner)} differ`);
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (batch === null)
    throw new ShapeError(
      'matmul',
      [left, right],
      `leading axes do not broadcast in ${formatShape(left.shape)} × ${formatShape(right.shape)}`,
    );
  return [...batch, m, n];
}

function matrixSize(x: Tensor, transposed: boolean): [Dimension, Dimension] {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

/** Exchanges the last two axes. */
export function swapLastAxes(x: Tensor): Tensor {
  const permutation = x.shape.map((_, axis) => axis);
  const rank = permutation.length;
  if (rank < 2) throw new ShapeError('swapLastAxes', [x], 'needs at least two axes');
  [permutation[rank - 2], permutation[rank - 1]] = [rank - 1, rank - 2];
  return transpose(x, permutation);
}
