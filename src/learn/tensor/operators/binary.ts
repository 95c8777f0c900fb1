import { broadcastShapes, formatShape, sameShape, type Shape } from '../dimension.ts';
import { constant } from '../leaf.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { greater, greaterOrEqual } from './compare.ts';
import { sum } from './reduce.ts';
import { reshape } from './shape.ts';
import { cast, log, negate } from './unary.ts';

/** Sums a broadcast gradient back to the shape of the operand it belongs to. */
export function sumToShape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes: number[] = [];
  x.shape.forEach((size, axis) => {
    if (axis < extra || (shape[axis - extra] === 1 && size !== 1)) axes.push(axis);
  });
  const summed = axes.length === 0 ? x : sum(x, { axes, keepDimensions: true });
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}

/** Result shape of a broadcasting operator, or an error that names both operands. */
export function broadcastShapeOf(kind: string, left: Tensor, right: Tensor): Shape {
  if (left.dtype !== right.dtype) throw new ShapeError(kind, [left, right], 'element types differ; cast one');
  const shape = broadcastShapes(left.shape, right.shape);
  if (shape === null) {
    throw new ShapeError(kind, [left, right], `${formatShape(left.shape)} and ${formatShape(right.shape)} do not broadcast`);
  }
  return shape;
}

function binary(
  kind: string,
  left: Tensor,
  right: Tensor,
  onnxOperator: string,
  pullback: (cotangent: Tensor, output: Tensor) => readonly [Tensor, Tensor],
): Tensor {
  const shape = broadcastShapeOf(kind, left, right);
  return makeTensor(
    kind,
    [left, right],
    shape,
    left.dtype,
    (lowering, names) => lowering.node(onnxOperator, names),
    (output) => (cotangent) => {
      const [toLeft, toRight] = pullback(cotangent, output);
      return [sumToShape(toLeft, left.shape), sumToShape(toRight, right.shape)];
    },
  );
}

/** left + right, broadcasting. */
export function add(left: Tensor, right: Tensor): Tensor {
  return binary('add', left, right, 'Add', (cotangent) => [cotangent, cotangent]);
}

/** left − right, broadcasting. */
export function subtract(left: Tensor, right: Tensor): Tensor {
  return binary('subtract', left, right, 'Sub', (cotangent) => [cotangent, negate(cotangent)]);
}

/** left · right elementwise, broadcasting. */
export function multiply(left: Tensor, right: Tensor): Tensor {
  return binary('multiply', left, right, 'Mul', (cotangent) => [multiply(cotangent, right), multiply(cotangent, left)]);
}

/** left / right, broadcasting. */
export function divide(left: Tensor, right: Tensor): Tensor {
  return binary('divide', left, right, 'Div', (cotangent, output) => {
    const scaled = divide(cotangent, right);
    return [scaled, negate(multiply(scaled, output))];
  });
}

/** The larger of the two; at a tie the gradient goes to `left`. */
export function maximum(left: Tensor, right: Tensor): Tensor {
  return binary('maximum', left, right, 'Max', (cotangent) => {
    const first = cast(greaterOrEqual(left, right), 'float32');
    return [multiply(cotangent, first), multiply(cotangent, subtract(constant(1), first))];
  });
}

/** The smaller of the two; at a tie the gradient goes to `left`. */
export function minimum(left: Tensor, right: Tensor): Tensor {
  return binary('minimum', left, right, 'Min', (cotangent) => {
    const second = cast(greater(left, right), 'float32');
    return [multiply(cotangent, subtract(constant(1), second)), multiply(cotangent, second)];
  });
}

/** baseᵉˣᵖᵒⁿᵉⁿᵗ, broadcasting; the gradient for the exponent needs a positive base. */
export function power(base: Tensor, exponent: Tensor): Tensor {
  return binary('power', base, exponent, 'Pow', (cotangent, output) => [
    multiply(cotangent, multiply(exponent, power(base, subtract(exponent, constant(1))))),
    multiply(cotangent, multiply(output, log(base))),
  ]);
}
