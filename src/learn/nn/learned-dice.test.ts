import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { gradients } from '../tensor/gradient.ts';
import { zeros } from '../tensor/initializers.ts';
import { input, parameter } from '../tensor/leaf.ts';
import { multiply } from '../tensor/operators/binary.ts';
import { dice } from '../tensor/operators/dice.ts';
import { sum } from '../tensor/operators/reduce.ts';
import { exp } from '../tensor/operators/unary.ts';
import { parameterLayout } from '../tensor/parameters.ts';
import { compileProgram } from '../tensor/program.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { learnedDice } from './learned-dice.ts';

it('is Dice about its parameters, in value and in all gradients', async () => {
  const random = createRandom(1, 'dice');
  const width = 3;
  const values = new Map(
    ['dice.mean', 'dice.logVariance', 'dice.slope'].map((name) => [name, Float32Array.from({ length: width }, () => random.normal())]),
  );
  const x = { data: Float32Array.from({ length: 2 * 5 * width }, () => 2 * random.normal()), shape: [2, 5, width] };
  const weights = { data: x.data.map(() => random.normal()), shape: x.shape };
  const run = async (build: (x: Tensor) => Tensor) => {
    const given = input('x', 'float32', ['batch', 'length', width]);
    const output = build(given);
    const loss = sum(multiply(output, input('weights', 'float32', output.shape)));
    const { slots } = parameterLayout([loss]);
    const outputs: Record<string, Tensor> = { output };
    const sources = [given, ...slots.map(({ tensor }) => tensor)];
    gradients(loss, sources).forEach((gradient, at) => (outputs[at === 0 ? 'of x' : `of ${slots[at - 1]!.name}`] = gradient));
    const program = await compileProgram(outputs, { threads: 1, parameterValue: (name) => values.get(name)! });
    const results = await program.run({ x, weights });
    await program.close();
    return results;
  };
  const plain = await run((given) => {
    const named = (name: string) => parameter(`dice.${name}`, [width], zeros);
    return dice(given, named('slope'), { mean: named('mean'), variance: exp(named('logVariance')) });
  });
  const learned = await run(learnedDice);
  expect(Object.keys(learned).sort()).toEqual(Object.keys(plain).sort());
  for (const [name, { data, shape }] of Object.entries(plain)) {
    expect(learned[name]!.shape).toEqual(shape);
    data.forEach((value, at) => expect(Number(learned[name]!.data[at]), `${name} ${at}`).toBeCloseTo(Number(value), 4));
  }
});
