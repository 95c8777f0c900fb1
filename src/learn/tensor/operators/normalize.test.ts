import { describe, expect, it } from 'vitest';
import { between, type CheckedInput } from '../gradient-check.fixture.ts';
import { gradients } from '../gradient.ts';
import { input } from '../leaf.ts';
import { alongAxis } from '../nd-array.fixture.ts';
import { shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import * as normalize from './normalize.ts';

function of(
  build: (x: Tensor) => Tensor,
  reference: (line: readonly number[]) => readonly number[],
  values: CheckedInput['values'] = between(-2, 2),
  fixedFromEnd = 0,
): OperatorCase {
  return {
    uses: shapes({ minRank: 1, fixedFromEnd }).map(({ shape, sizes }) => ({
      sizes,
      inputs: [{ shape, values }],
      build: (x) => build(x!),
      reference: (x) => alongAxis(x!, x!.shape.length - 1, reference),
    })),
    runs: 20,
  };
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const softmax = (line: readonly number[]) => line.map((x) => Math.exp(x) / total(line.map(Math.exp)));
const norm = (line: readonly number[]) => Math.sqrt(total(line.map((x) => x * x)));
function standardize(line: readonly number[], epsilon: number): readonly number[] {
  const mean = total(line) / line.length;
  const variance = total(line.map((x) => (x - mean) ** 2)) / line.length;
  return line.map((x) => (x - mean) / Math.sqrt(variance + epsilon));
}

describe('normalisations', () => {
  operatorSuite(normalize, {
    softmax: of(normalize.softmax, softmax),
    logSoftmax: of(normalize.logSoftmax, (line) => softmax(line).map(Math.log)),
    // A large epsilon: the small one makes lines of nearly equal values too steep for differences; goldens hold that one.
    standardize: of(
      (x) => normalize.standardize(x, 0.25),
      (line) => standardize(line, 0.25),
      between(-2, 2),
      1,
    ),
    l2Normalize: of(normalize.l2Normalize, (line) => line.map((x) => x / norm(line)), between(0.4, 2)),
    rootMeanSquareNormalize: of(
      (x) => normalize.rootMeanSquareNormalize(x, 0.25),
      (line) => line.map((x) => x / Math.sqrt(total(line.map((y) => y * y)) / line.length + 0.25)),
    ),
  });

  it('uses the published epsilons by default', async () => {
    const x = input('x', 'float32', [2]);
    const program = await compileProgram({ standard: normalize.standardize(x), rms: normalize.rootMeanSquareNormalize(x) });
    const results = await program.run({ x: { data: Float32Array.of(-2e-3, 2e-3), shape: [2] } });
    expect(results['standard']!.data[1]).toBeCloseTo(2e-3 / Math.sqrt(4e-6 + 1e-5), 5);
    expect(results['rms']!.data[1]).toBeCloseTo(2e-3 / Math.sqrt(4e-6 + 1e-6), 5);
    await program.close();
  });

  it('stays finite at the zero vector and for large logits', async () => {
    const x = input('x', 'float32', [3]);
    const [unit, log] = [normalize.l2Normalize(x), normalize.logSoftmax(x)];
    const program = await compileProgram({ unit, toUnit: gradients(unit, [x])[0]!, log });
    const zero = await program.run({ x: { data: new Float32Array(3), shape: [3] } });
    expect([...(zero['unit']!.data as Float32Array)]).toEqual([0, 0, 0]);
    expect([...(zero['toUnit']!.data as Float32Array)].every(Number.isFinite)).toBe(true);
    const large = await program.run({ x: { data: Float32Array.of(1e4, 0, -1e4), shape: [3] } });
    expect([...(large['log']!.data as Float32Array)]).toEqual([0, -1e4, -2e4]);
    await program.close();
  });
});
