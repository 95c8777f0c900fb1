import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, type CheckedInput } from '../gradient-check.fixture.ts';
import { input } from '../leaf.ts';
import { elementwise } from '../nd-array.fixture.ts';
import { shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import * as unary from './unary.ts';

function of(
  build: (x: Tensor) => Tensor,
  reference: (x: number) => number,
  values?: CheckedInput['values'],
  withoutGradient?: string,
): OperatorCase {
  return {
    uses: shapes().map(({ shape, sizes }) => ({
      sizes,
      inputs: [{ shape, ...(values && { values }) }],
      build: (x) => build(x!),
      reference: elementwise((x) => reference(x!)),
    })),
    ...(withoutGradient !== undefined && { withoutGradient }),
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** Simpson's rule on the definition. */
function erf(x: number): number {
  const parts = 400;
  let total = 0;
  for (let at = 0; at <= parts; at++) {
    const weight = at === 0 || at === parts ? 1 : at % 2 === 0 ? 2 : 4;
    total += weight * Math.exp(-(((x * at) / parts) ** 2));
  }
  return (2 / Math.sqrt(Math.PI)) * (x / parts / 3) * total;
}
const halfToEven = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
const stepwise = 'piecewise constant: its gradient is 0, and a straight-through estimator takes its place';

describe('unary operators', () => {
  operatorSuite(unary, {
    negate: of(unary.negate, (x) => 0 - x),
    exp: of(unary.exp, Math.exp),
    log: of(unary.log, Math.log, between(0.3, 4)),
    sqrt: of(unary.sqrt, Math.sqrt, between(0.3, 4)),
    reciprocal: of(unary.reciprocal, (x) => 1 / x, between(-3, 3, [0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3])),
    absolute: of(unary.absolute, Math.abs, between(-2, 2, [0])),
    sign: of(unary.sign, Math.sign, between(-2, 2), stepwise),
    floor: of(unary.floor, Math.floor, between(-3, 3), stepwise),
    round: of(unary.round, halfToEven, (count, random) => Array.from({ length: count }, () => (random.integer(17) - 8) / 4), stepwise),
    square: of(unary.square, (x) => x * x),
    sin: of(unary.sin, Math.sin),
    cos: of(unary.cos, Math.cos),
    tanh: of(unary.tanh, Math.tanh),
    sigmoid: of(unary.sigmoid, sigmoid),
    softplus: of(unary.softplus, softplus),
    logSigmoid: of(unary.logSigmoid, (x) => -softplus(-x)),
    relu: of(unary.relu, (x) => Math.max(x, 0), between(-2, 2, [0])),
    leakyRelu: {
      uses: fc.tuple(shapes(), fc.constantFrom(0.01, 0.25, 2)).map(([{ shape, sizes }, slope]) => ({
        sizes,
        inputs: [{ shape, values: between(-2, 2, [0]) }],
        build: (x) => unary.leakyRelu(x!, slope),
        reference: elementwise((x) => (x! > 0 ? x! : slope * x!)),
      })),
    },
    silu: of(unary.silu, (x) => x * sigmoid(x)),
    erf: of(unary.erf, erf),
    gelu: of(unary.gelu, (x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
    clip: of(
      (x) => unary.clip(x, -0.5, 1),
      (x) => Math.min(1, Math.max(-0.5, x)),
      between(-2, 2, [-0.5, 1]),
    ),
    cast: of((x) => unary.cast(x, 'int32'), Math.trunc, between(-3, 3), 'from floats to whole numbers'),
  });

  it('keeps its value where a naive formula would overflow', async () => {
    const x = input('x', 'float32', [4]);
    const program = await compileProgram({ softplus: unary.softplus(x), logSigmoid: unary.logSigmoid(x) });
    const results = await program.run({ x: { data: Float32Array.of(-1000, -100, 100, 1000), shape: [4] } });
    expect([...(results['softplus']!.data as Float32Array)]).toEqual([0, 0, 100, 1000]);
    expect([...(results['logSigmoid']!.data as Float32Array)].map((value) => value + 0)).toEqual([-1000, -100, 0, 0]);
    await program.close();
  });

  it('passes a tensor of the wanted type through cast untouched', () => {
    const x = input('x', 'float32', [2]);
    expect(unary.cast(x, 'float32')).toBe(x);
  });
});
