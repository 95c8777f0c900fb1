import { broadcastShapes, formatShape } from '../dimension.ts';
import { constant } from '../leaf.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { broadcastShapeOf, multiply, subtract, sumToShape } from './binary.ts';
import { cast } from './unary.ts';

function compare(kind: string, onnxOperator: string, left: Tensor, right: Tensor, operands: 'bool' | 'numbers' | 'any'): Tensor {
  const bools = [left, right].filter((operand) => operand.dtype === 'bool').length;
  if (operands === 'bool' && bools < 2) throw new ShapeError(kind, [left, right], 'needs bool');
  if (operands === 'numbers' && bools > 0) throw new ShapeError(kind, [left, right], 'bool has no order; cast first');
  return makeTensor(kind, [left, right], broadcastShapeOf(kind, left, right), 'bool', (lowering, names) =>
    lowering.node(onnxOperator, names),
  );
}

/** left = right, as bool. */
export function equal(left: Tensor, right: Tensor): Tensor {
  return compare('equal', 'Equal', left, right, 'any');
}

/** left > right, as bool. */
export function greater(left: Tensor, right: Tensor): Tensor {
  return compare('greater', 'Greater', left, right, 'numbers');
}

/** left ≥ right, as bool. */
export function greaterOrEqual(left: Tensor, right: Tensor): Tensor {
  return compare('greaterOrEqual', 'GreaterOrEqual', left, right, 'numbers');
}

/** left < right, as bool. */
export function less(left: Tensor, right: Tensor): Tensor {
  return compare('less', 'Less', left, right, 'numbers');
}

/** left ≤ right, as bool. */
export function lessOrEqual(left: Tensor, right: Tensor): Tensor {
  return compare('lessOrEqual', 'LessOrEqual', left, right, 'numbers');
}

/** Both true. */
export function logicalAnd(left: Tensor, right: Tensor): Tensor {
  return compare('logicalAnd', 'And', left, right, 'bool');
}

/** Either true. */
export function logicalOr(left: Tensor, right: Tensor): Tensor {
  return compare('logicalOr', 'Or', left, right, 'bool');
}

/** Not true. */
export function logicalNot(x: Tensor): Tensor {
  if (x.dtype !== 'bool') throw new ShapeError('logicalNot', [x], 'needs bool');
  return makeTensor('logicalNot', [x], x.shape, 'bool', (lowering, names) => lowering.node('Not', names));
}

/** `whenTrue` where the condition holds, `whenFalse` elsewhere; all three broadcast. */
export function where(condition: Tensor, whenTrue: Tensor, whenFalse: Tensor): Tensor {
  const values = broadcastShapeOf('where', whenTrue, whenFalse);
  const shape = condition.dtype === 'bool' ? broadcastShapes(condition.shape, values) : null;
  if (shape === null) {
    throw new ShapeError('where', [condition, whenTrue, whenFalse], `condition must be bool and broadcast with ${formatShape(values)}`);
  }
  return makeTensor(
    'where',
    [condition, whenTrue, whenFalse],
    shape,
    whenTrue.dtype,
    (lowering, names) => lowering.node('Where', names),
    () => (cotangent) => {
      const chosen = cast(condition, 'float32');
      return [
        null,
        sumToShape(multiply(cotangent, chosen), whenTrue.shape),
        sumToShape(multiply(cotangent, subtract(constant(1), chosen)), whenFalse.shape),
      ];
    },
  );
}
