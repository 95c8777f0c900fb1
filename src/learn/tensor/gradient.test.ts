import { describe, expect, it } from 'vitest';
import { between, checkOperator } from './gradient-check.fixture.ts';
import { gradients, GradientShapeError, GradientUnconnectedError } from './gradient.ts';
import { inLayer } from './layer-path.ts';
import { constant, input } from './leaf.ts';
import { add, divide, multiply, power } from './operators/binary.ts';
import { addRows, gatherRows, takeAlongAxis, topK } from './operators/index-operators.ts';
import { matmul } from './operators/matrix.ts';
import { l2Normalize, logSoftmax, rootMeanSquareNormalize, softmax, standardize } from './operators/normalize.ts';
import { cumulativeSum, logSumExp, mean, sum } from './operators/reduce.ts';
import { broadcastTo, concatenate, reshape, slice, split, transpose } from './operators/shape.ts';
import { cos, erf, exp, gelu, log, logSigmoid, reciprocal, sigmoid, silu, sin, softplus, sqrt, square, tanh } from './operators/unary.ts';
import { compileProgram } from './program.ts';
import { makeTensor, ShapeError, type Tensor } from './tensor.ts';

const x = input('x', 'float32', ['n']);

async function evaluate(tensors: Readonly<Record<string, Tensor>>, values: readonly number[]): Promise<Record<string, number[]>> {
  const program = await compileProgram(tensors, { threads: 1 });
  const feeds = program.inputs.length === 0 ? {} : { x: { data: Float32Array.from(values), shape: [values.length] } };
  const results = await program.run(feeds);
  await program.close();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
}

describe('gradients', () => {
  it('adds up what flows back along several ways', async () => {
    const twice = add(x, x);
    const [gradient] = gradients(sum(add(multiply(twice, x), multiply(twice, constant(3)))), [x]); // 2x² + 6x
    expect(await evaluate({ gradient: gradient! }, [1, -2])).toEqual({ gradient: [10, -2] });
  });

  it('reaches any intermediate tensor, beside what it is made of', async () => {
    const middle = square(x);
    const loss = sum(multiply(middle, middle));
    const [toMiddle, toX, toLoss] = gradients(loss, [middle, x, loss]) as [Tensor, Tensor, Tensor];
    expect(await evaluate({ toMiddle, toX, toLoss }, [2, -1])).toEqual({ toMiddle: [8, 2], toX: [32, -4], toLoss: [1] });
  });

  it('reaches one of several outputs of a node', async () => {
    const y = input('x', 'float32', [3]);
    const [first, second] = split(y, 0, [1, 2]) as [Tensor, Tensor];
    const loss = add(sum(multiply(second, constant(5))), sum(square(first)));
    const [toFirst, toSecond] = gradients(loss, [first, second]) as [Tensor, Tensor];
    expect(await evaluate({ toFirst, toSecond }, [3, 0, 0])).toEqual({ toFirst: [6], toSecond: [5, 5] });
  });

  it('starts from ones, or from a seed of the same shape', async () => {
    const y = square(x);
    const [ones] = gradients(y, [x]);
    const [seeded] = gradients(y, [x], { seed: multiply(x, constant(10)) });
    expect(await evaluate({ ones: ones!, seeded: seeded! }, [1, 3])).toEqual({ ones: [2, 6], seeded: [20, 180] });
    expect(() => gradients(y, [x], { seed: constant([1, 2]) })).toThrow(ShapeError);
  });

  it('names both ends where nothing flows between them, or gives zeros on request', async () => {
    const other = input('other', 'float32', ['n', 2]);
    expect(() => gradients(sum(x), [other])).toThrow(GradientUnconnectedError);
    expect(() => inLayer('head', () => gradients(sum(x), [other]))).toThrow('sum@head does not depend on input "other"');
    const [zero, one] = gradients(sum(x), [other, x], { unconnected: 'zero' }) as [Tensor, Tensor];
    const program = await compileProgram({ zero, one });
    const results = await program.run({
      x: { data: Float32Array.of(1, 2), shape: [2] },
      other: { data: new Float32Array(4), shape: [2, 2] },
    });
    expect(results).toEqual({ zero: { data: new Float32Array(4), shape: [2, 2] }, one: { data: Float32Array.of(1, 1), shape: [2] } });
    await program.close();
  });

  it('sees through an operator whose gradient has the wrong shape', () => {
    const faulty = inLayer('block', () =>
      makeTensor(
        'faulty',
        [x],
        x.shape,
        'float32',
        (_lowering, [name]) => name!,
        () => (cotangent) => [sum(cotangent)],
      ),
    );
    expect(() => gradients(faulty, [x])).toThrow(GradientShapeError);
    expect(() => gradients(faulty, [x])).toThrow('gradient of faulty at block for input "x": shape [], expected [n]');
  });

  it('does not exhaust the stack in a deep graph', () => {
    let deep: Tensor = x;
    for (let layer = 0; layer < 20_000; layer++) deep = add(deep, constant(1));
    expect(gradients(sum(deep), [x])[0]!.shape).toEqual(['n']);
  });
});

const positive = between(0.5, 2);
const rows = [0, 2, 2];
/** Functions with a curved graph: their gradients are functions worth differentiating. */
const curved: Record<string, { readonly of: (x: Tensor) => Tensor; readonly values?: typeof positive }> = {
  exp: { of: exp },
  log: { of: log, values: positive },
  sqrt: { of: sqrt, values: positive },
  reciprocal: { of: reciprocal, values: positive },
  square: { of: square },
  sin: { of: sin },
  cos: { of: cos },
  tanh: { of: tanh },
  sigmoid: { of: sigmoid },
  softplus: { of: softplus },
  logSigmoid: { of: logSigmoid },
  silu: { of: silu },
  gelu: { of: gelu },
  erf: { of: erf },
  divide: { of: (y) => divide(sin(y), add(square(y), constant(1))) },
  power: { of: (y) => power(y, y), values: positive },
  matmul: { of: (y) => matmul(y, y, { transposeRight: true, scale: 0.5 }) },
  softmax: { of: softmax },
  logSoftmax: { of: logSoftmax },
  standardize: { of: (y) => standardize(y, 0.3) },
  l2Normalize: { of: l2Normalize, values: positive },
  rootMeanSquareNormalize: { of: (y) => rootMeanSquareNormalize(y, 0.3) },
  logSumExp: { of: (y) => logSumExp(y, { axes: [-1] }) },
  mean: { of: (y) => square(mean(y, { axes: [0] })) },
  cumulativeSum: { of: (y) => square(cumulativeSum(y, 1)) },
  gatherRows: { of: (y) => square(gatherRows(y, constant(rows, { dtype: 'int32' }))) },
  addRows: { of: (y) => square(addRows(y, constant(rows, { dtype: 'int32' }), 4, y)) },
  takeAlongAxis: { of: (y) => square(takeAlongAxis(y, constant([1, 0, 3], { dtype: 'int32', shape: [3, 1] }), 1)) },
  topK: { of: (y) => square(topK(exp(y), 2).values), values: (count) => Array.from({ length: count }, (_, at) => ((at * 5) % count) / 8) },
  shapes: {
    of: (y) => square(concatenate([transpose(slice(y, 1, 1, 3), [1, 0]), broadcastTo(reshape(slice(y, 0, 0, 1), [4, 1]), [4, 3])], 0)),
  },
};

describe('gradients of gradients', () => {
  it.each(Object.entries(curved))('agree with central differences for %s', async (_name, { of, values }) => {
    await checkOperator(
      {
        sizes: [{}],
        inputs: [{ shape: [3, 4], ...(values && { values }) }],
        // Weighted by something uneven: a symmetric sum would hide the terms that cancel in it.
        build: (y) => gradients(sum(multiply(of(y!), sin(of(y!)))), [y!])[0]!,
      },
      5,
      { tolerance: 3e-3 },
    );
  });
});
