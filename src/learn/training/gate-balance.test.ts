import { describe, expect, it } from 'vitest';
import { checkOperator } from '../tensor/gradient-check.fixture.ts';
import { constant, input } from '../tensor/leaf.ts';
import { compileProgram } from '../tensor/program.ts';
import { stack } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withGateBalance } from './gate-balance.ts';

const gate = (task: string, weights: Tensor) => ({
  level: 0,
  task,
  experts: Array.from({ length: weights.shape[1] as number }, (_, at) => `expert${at}`),
  weights,
});

describe('withGateBalance', () => {
  it('adds n Σ ā² − 1 of a task’s own gates, and of shared ones in equal parts', async () => {
    const [own, shared, only] = ['own', 'shared', 'only'].map((name, at) => input(name, 'float32', ['batch', [3, 2, 1][at]!])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const losses = { like: constant(1), buy: constant(2) };
    const balanced = withGateBalance(losses, [gate('like', own), gate('shared', shared), gate('buy', only)], 0.5);
    const program = await compileProgram({ ...balanced }, { threads: 1 });
    const run = async (ownRows: number[], sharedRows: number[]) => {
      const results = await program.run({
        own: { data: Float32Array.from(ownRows), shape: [2, 3] },
        shared: { data: Float32Array.from(sharedRows), shape: [2, 2] },
      });
      return ['like', 'buy'].map((task) => Number(results[task]!.data[0]));
    };
    const third = 1 / 3;
    // Even on the mean costs nothing, however sure each example is.
    expect(await run([third, third, third, third, third, third], [1, 0, 0, 1])).toEqual([expect.closeTo(1, 5), expect.closeTo(2, 5)]);
    // One takes all: n − 1.
    expect(await run([1, 0, 0, 1, 0, 0], [0.5, 0.5, 0.5, 0.5])).toEqual([expect.closeTo(1 + 0.5 * 2, 5), expect.closeTo(2, 5)]);
    expect(await run([third, third, third, third, third, third], [1, 0, 1, 0])).toEqual([expect.closeTo(1.25, 5), expect.closeTo(2.25, 5)]);
    await program.close();
  });

  it('leaves losses as they are at strength 0, and has the gradient that central differences say', async () => {
    const losses = { like: constant(1) };
    expect(withGateBalance(losses, [gate('like', input('x', 'float32', ['batch', 2]))], 0)).toBe(losses);
    await checkOperator(
      {
        inputs: [{ shape: ['batch', 3] }],
        sizes: [{ batch: 4 }, { batch: 1 }],
        build: (weights) => stack(Object.values(withGateBalance({ like: constant(0) }, [gate('like', weights!)], 0.7)), 0),
      },
      3,
    );
  });
});
