import { describe, expect, it } from 'vitest';
import { gradients, GradientUnconnectedError } from '../gradient.ts';
import { constant, input } from '../leaf.ts';
import { elementwise } from '../nd-array.fixture.ts';
import { shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import { add, multiply } from './binary.ts';
import * as flow from './flow.ts';
import { sum } from './reduce.ts';
import { exp, round, square } from './unary.ts';

const x = input('x', 'float32', [3]);
const values = Float32Array.of(-1.4, 0.3, 2.6);

async function evaluate(tensor: Tensor, feeds: Record<string, Float32Array> = {}): Promise<number[]> {
  const program = await compileProgram({ result: tensor }, { threads: 1 });
  const all: Record<string, Float32Array> = { x: values, ...feeds };
  const results = await program.run(
    Object.fromEntries(program.inputs.map(({ name }) => [name, { data: all[name]!, shape: [all[name]!.length] }])),
  );
  await program.close();
  return Array.from(results['result']!.data as Float32Array);
}

describe('gradient flow', () => {
  operatorSuite(
    flow,
    {
      stopGradient: {
        uses: shapes().map(({ shape, sizes }) => ({
          sizes,
          inputs: [{ shape }],
          build: (given) => flow.stopGradient(given!),
          reference: elementwise((value) => value!),
        })),
        withoutGradient: 'that is what it is for',
      },
    },
    { straightThrough: 'below', customGradient: 'below', dropout: 'below, and dropout-pool.test.ts' },
  );

  it('stops the gradient on one way and not on another', async () => {
    const [gradient] = gradients(sum(add(flow.stopGradient(square(x)), multiply(x, constant(3)))), [x]);
    expect(await evaluate(gradient!)).toEqual([3, 3, 3]);
    expect(await evaluate(gradients(sum(multiply(flow.stopGradient(x), x)), [x])[0]!)).toEqual([...values]);
  });

  it('gives a rounded value the gradient of what it was rounded from', async () => {
    const rounded = flow.straightThrough(round(x), multiply(x, constant(2)));
    expect((await evaluate(rounded)).map((value) => value + 0)).toEqual([-1, 0, 3]);
    expect(await evaluate(gradients(sum(square(rounded)), [x])[0]!)).toEqual([-4, 0, 12]);
    expect(() => flow.straightThrough(round(x), constant([1, 2]))).toThrow(ShapeError);
  });

  it('takes a gradient rule of one’s own in place of the true one', async () => {
    const value = flow.customGradient(exp(x), [x], (cotangent) => [multiply(cotangent, constant(7))]);
    expect(await evaluate(value)).toEqual(Array.from(values, (each) => Math.fround(Math.exp(each))).map((each) => expect.closeTo(each, 5)));
    expect(await evaluate(gradients(sum(value), [x])[0]!)).toEqual([7, 7, 7]);
    const none = flow.customGradient(exp(x), [x], () => [null]);
    expect(() => gradients(sum(none), [x])).toThrow(GradientUnconnectedError);
    const wrong = flow.customGradient(exp(x), [x], (cotangent) => [cotangent, cotangent]);
    expect(() => gradients(sum(wrong), [x])).toThrow('customGradient at top level: the rule gives 2 gradients for 1 inputs');
  });

  it('multiplies by its mask in both directions, and is nothing at rate 0', async () => {
    const dropped = flow.dropout(x, 0.5);
    const mask = { 'dropout/0': Float32Array.of(2, 0, 2) };
    expect(await evaluate(dropped, mask)).toEqual([Math.fround(-2.8), 0, Math.fround(5.2)]);
    expect(await evaluate(gradients(sum(dropped), [x])[0]!, mask)).toEqual([2, 0, 2]);
    expect(flow.dropout(x, 0)).toBe(x);
    for (const rate of [-0.1, 1, Number.NaN]) expect(() => flow.dropout(x, rate)).toThrow('rate must be in [0, 1)');
  });
});
