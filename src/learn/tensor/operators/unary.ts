import { float, onnxType, type Attribute } from '../onnx/lowering.ts';
import type { DataType } from '../data-type.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { constant } from '../leaf.ts';
import { add, divide, multiply, subtract } from './binary.ts';
import { greater, lessOrEqual, logicalAnd } from './compare.ts';

/** An elementwise float operator with its derivative as a rule on the cotangent. */
function elementwise(
  kind: string,
  x: Tensor,
  onnxOperator: string,
  pullback: ((cotangent: Tensor, output: Tensor) => Tensor) | null,
  attributes?: Readonly<Record<string, Attribute>>,
): Tensor {
  if (x.dtype !== 'float32') throw new ShapeError(kind, [x], 'needs float32; cast first');
  return makeTensor(
    kind,
    [x],
    x.shape,
    'float32',
    (lowering, [name]) => lowering.node(onnxOperator, [name!], attributes),
    (output) => (cotangent) => [pullback === null ? null : pullback(cotangent, output)],
  );
}

/** −x. */
export function negate(x: Tensor): Tensor {
  return elementwise('negate', x, 'Neg', (cotangent) => negate(cotangent));
}

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return elementwise('exp', x, 'Exp', (cotangent, output) => multiply(cotangent, output));
}

/** Natural logarithm; −∞ at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return elementwise('log', x, 'Log', (cotangent) => divide(cotangent, x));
}

/** Square root; its gradient is infinite at 0. */
export function sqrt(x: Tensor): Tensor {
  return elementwise('sqrt', x, 'Sqrt', (cotangent, output) => divide(cotangent, multiply(constant(2), output)));
}

/** 1/x. */
export function reciprocal(x: Tensor): Tensor {
  return elementwise('reciprocal', x, 'Reciprocal', (cotangent, output) => negate(multiply(cotangent, multiply(output, output))));
}

/** |x|; gradient 0 at 0. */
export function absolute(x: Tensor): Tensor {
  return elementwise('absolute', x, 'Abs', (cotangent) => multiply(cotangent, sign(x)));
}

/** −1, 0 or 1; gradient 0. */
export function sign(x: Tensor): Tensor {
  return elementwise('sign', x, 'Sign', null);
}

/** Largest whole number not above x; gradient 0 (see `straightThrough`). */
export function floor(x: Tensor): Tensor {
  return elementwise('floor', x, 'Floor', null);
}

/** Nearest whole number, halves to even; gradient 0 (see `straightThrough`). */
export function round(x: Tensor): Tensor {
  return elementwise('round', x, 'Round', null);
}

/** x². */
export function square(x: Tensor): Tensor {
  return multiply(x, x);
}

/** Sine, radians. */
export function sin(x: Tensor): Tensor {
  return elementwise('sin', x, 'Sin', (cotangent) => multiply(cotangent, cos(x)));
}

/** Cosine, radians. */
export function cos(x: Tensor): Tensor {
  return elementwise('cos', x, 'Cos', (cotangent) => negate(multiply(cotangent, sin(x))));
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return elementwise('tanh', x, 'Tanh', (cotangent, output) => multiply(cotangent, subtract(constant(1), square(output))));
}

/** Logistic function 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return elementwise('sigmoid', x, 'Sigmoid', (cotangent, output) => multiply(cotangent, subtract(output, square(output))));
}

/** log(1 + eˣ), stable for large |x|. */
export function softplus(x: Tensor): Tensor {
  return elementwise('softplus', x, 'Softplus', (cotangent) => multiply(cotangent, sigmoid(x)));
}

/** log σ(x) = −softplus(−x). */
export function logSigmoid(x: Tensor): Tensor {
  return negate(softplus(negate(x)));
}

/** max(x, 0); gradient 0 at 0. */
export function relu(x: Tensor): Tensor {
  return elementwise('relu', x, 'Relu', (cotangent) => multiply(cotangent, cast(greater(x, constant(0)), 'float32')));
}

/** x for x > 0, slope·x otherwise. @param slope default .01 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return elementwise(
    'leakyRelu',
    x,
    'LeakyRelu',
    (cotangent) => {
      const positive = cast(greater(x, constant(0)), 'float32');
      return multiply(cotangent, add(multiply(positive, constant(1 - slope)), constant(slope)));
    },
    { alpha: float(slope) },
  );
}

/** x·σ(x), also called swish (Elfwing et al. 2017). */
export function silu(x: Tensor): Tensor {
  if (x.dtype !== 'float32') throw new ShapeError('silu', [x], 'needs float32; cast first');
  const gate = sigmoid(x);
  return makeTensor(
    'silu',
    [x, gate],
    x.shape,
    'float32',
    (lowering, [value, gateName]) => lowering.node('Mul', [value!, gateName!]),
    // σ(1 + x(1 − σ)) = σ + y − yσ, with y = xσ already at hand.
    (output) => (cotangent) => [multiply(cotangent, subtract(add(gate, output), multiply(output, gate))), null],
  );
}

/** The error function. */
export function erf(x: Tensor): Tensor {
  return elementwise('erf', x, 'Erf', (cotangent) =>
    multiply(cotangent, multiply(constant(2 / Math.sqrt(Math.PI)), exp(negate(square(x))))),
  );
}

/** x·Φ(x), exact (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return elementwise('gelu', x, 'Gelu', (cotangent) => {
    const cumulative = multiply(constant(0.5), add(constant(1), erf(multiply(x, constant(Math.SQRT1_2)))));
    const density = multiply(constant(1 / Math.sqrt(2 * Math.PI)), exp(multiply(constant(-0.5), square(x))));
    return multiply(cotangent, add(cumulative, multiply(x, density)));
  });
}

/** x limited to [minimum, maximum]; gradient 0 where it is limited. */
export function clip(x: Tensor, minimum: number, maximum: number): Tensor {
  if (x.dtype !== 'float32') throw new ShapeError('clip', [x], 'needs float32; cast first');
  return makeTensor(
    'clip',
    [x],
    x.shape,
    'float32',
    (lowering, [name]) => lowering.node('Clip', [name!, lowering.scalar(minimum), lowering.scalar(maximum)]),
    () => (cotangent) => {
      const inside = logicalAnd(greater(x, constant(minimum)), lessOrEqual(x, constant(maximum)));
      return [multiply(cotangent, cast(inside, 'float32'))];
    },
  );
}

/** The same values as another type; gradients pass only between floats, so none from or to whole numbers. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  if (x.dtype === dtype) return x;
  return makeTensor('cast', [x], x.shape, dtype, (lowering, [name]) => lowering.node('Cast', [name!], { to: onnxType(dtype) }));
}
