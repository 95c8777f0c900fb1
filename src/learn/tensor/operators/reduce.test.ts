import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, distinct, type CheckedInput } from '../gradient-check.fixture.ts';
import { gradients } from '../gradient.ts';
import { input } from '../leaf.ts';
import { alongAxis, overAxes, tabulate } from '../nd-array.fixture.ts';
import { axisOf, shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import * as reduce from './reduce.ts';

function of(
  build: (x: Tensor, options: reduce.ReduceOptions) => Tensor,
  reference: (values: readonly number[]) => number,
  values: CheckedInput['values'] = between(-2, 2),
): OperatorCase {
  return {
    uses: shapes()
      .chain(({ shape, sizes }) => {
        const axes = fc.subarray(shape.map((_, axis) => axis)).chain((chosen) => fc.shuffledSubarray(chosen, { minLength: chosen.length }));
        return fc.record({
          shape: fc.constant(shape),
          sizes: fc.constant(sizes),
          axes: fc.option(axes),
          negative: fc.boolean(),
          keep: fc.option(fc.boolean()),
        });
      })
      .map(({ shape, sizes, axes, negative, keep }) => ({
        sizes,
        inputs: [{ shape, values }],
        build: (x) =>
          build(x!, {
            ...(axes && { axes: axes.map((axis) => (negative ? axis - shape.length : axis)) }),
            ...(keep !== null && { keepDimensions: keep }),
          }),
        reference: (x) => overAxes(x!, axes ?? shape.map((_, axis) => axis), keep ?? false, reference),
      })),
    runs: 25,
  };
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('reductions', () => {
  operatorSuite(
    reduce,
    {
      sum: of(reduce.sum, total),
      mean: of(reduce.mean, (values) => total(values) / values.length),
      max: of(reduce.max, (values) => Math.max(...values), distinct()),
      min: of(reduce.min, (values) => Math.min(...values), distinct()),
      logSumExp: of(reduce.logSumExp, (values) => Math.log(total(values.map(Math.exp)))),
      argMax: {
        uses: shapes({ minRank: 1 })
          .chain(({ shape, sizes }) => axisOf(shape).map((axis) => ({ shape, sizes, ...axis })))
          .map(({ shape, sizes, axis, given }) => ({
            sizes,
            // Few values: the first of equals must win.
            inputs: [{ shape, values: (count, random) => Array.from({ length: count }, () => random.integer(3)) }],
            build: (x) => reduce.argMax(x!, given),
            reference: (x) => overAxes(x!, [axis], false, (values) => values.indexOf(Math.max(...values))),
          })),
        withoutGradient: 'its result is an index',
      },
      cumulativeSum: {
        uses: shapes({ minRank: 1 })
          .chain(({ shape, sizes }) =>
            fc.record({ shape: fc.constant(shape), sizes: fc.constant(sizes), at: axisOf(shape), reverse: fc.option(fc.boolean()) }),
          )
          .map(({ shape, sizes, at, reverse }) => ({
            sizes,
            inputs: [{ shape }],
            build: (x) => reduce.cumulativeSum(x!, at.given, reverse === null ? {} : { reverse }),
            reference: (x) =>
              alongAxis(x!, at.axis, (line) => line.map((_, end) => total(reverse === true ? line.slice(end) : line.slice(0, end + 1)))),
          })),
      },
      reducedCount: {
        uses: shapes().map(({ shape, sizes }) => ({
          sizes,
          inputs: [{ shape }],
          build: (x) =>
            reduce.reducedCount(
              x!,
              shape.map((_, axis) => axis),
            ),
          reference: (x) => tabulate([], () => x!.data.length),
        })),
        withoutGradient: 'a size',
      },
    },
    { normalizeAxes: 'a rule on axes; its errors in shape-errors.test.ts' },
  );

  it('shares the gradient of a largest value equally among ties', async () => {
    const x = input('x', 'float32', [4]);
    const program = await compileProgram({ max: gradients(reduce.max(x), [x])[0]!, min: gradients(reduce.min(x), [x])[0]! });
    const results = await program.run({ x: { data: Float32Array.of(3, 1, 3, 1), shape: [4] } });
    expect([...(results['max']!.data as Float32Array)]).toEqual([0.5, 0, 0.5, 0]);
    expect([...(results['min']!.data as Float32Array)]).toEqual([0, 0.5, 0, 0.5]);
    await program.close();
  });

  it('keeps log Σ eˣ and its gradient finite for large values', async () => {
    const x = input('x', 'float32', ['n']);
    const value = reduce.logSumExp(x);
    const program = await compileProgram({ value, gradient: gradients(value, [x])[0]! });
    const results = await program.run({ x: { data: Float32Array.of(1000, 1000, -1000), shape: [3] } });
    expect(results['value']!.data[0]).toBeCloseTo(1000 + Math.log(2), 3);
    expect([...(results['gradient']!.data as Float32Array)].map((each) => each.toFixed(3))).toEqual(['0.500', '0.500', '0.000']);
    await program.close();
  });
});
