import { describe, expect, it } from 'vitest';
import { between, checkOperator, type CheckedInput } from '../gradient-check.fixture.ts';
import { gradients } from '../gradient.ts';
import { input } from '../leaf.ts';
import { elementwise } from '../nd-array.fixture.ts';
import { broadcastShapes } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import * as binary from './binary.ts';

type Values = NonNullable<CheckedInput['values']>;
function of(
  build: (left: Tensor, right: Tensor) => Tensor,
  reference: (a: number, b: number) => number,
  left: Values = between(-2, 2),
  right: Values = left,
): OperatorCase {
  return {
    uses: broadcastShapes(2).map(({ shapes, sizes }) => ({
      sizes,
      inputs: [
        { shape: shapes[0]!, values: left },
        { shape: shapes[1]!, values: right },
      ],
      build: (a, b) => build(a!, b!),
      reference: elementwise((a, b) => reference(a!, b!)),
    })),
    runs: 25,
  };
}

/** Odd and even eighths: two operands never come near each other. */
const eighths =
  (odd: 0 | 1): Values =>
  (count, random) =>
    Array.from({ length: count }, () => (2 * (random.integer(16) - 8) + odd) / 8);
const awayFromZero = between(-3, 3, [0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4]);

describe('binary operators', () => {
  operatorSuite(
    binary,
    {
      add: of(binary.add, (a, b) => a + b),
      subtract: of(binary.subtract, (a, b) => a - b),
      multiply: of(binary.multiply, (a, b) => a * b),
      divide: of(binary.divide, (a, b) => a / b, between(-2, 2), awayFromZero),
      maximum: of(binary.maximum, Math.max, eighths(0), eighths(1)),
      minimum: of(binary.minimum, Math.min, eighths(0), eighths(1)),
      power: of(binary.power, (a, b) => a ** b, between(0.4, 2), between(-2, 2)),
    },
    {
      sumToShape: 'the gradient of every broadcasting operator above',
      broadcastShapeOf: 'the shape of every result above; its errors in shape-errors.test.ts',
    },
  );

  it('squares negative numbers: a constant exponent does not need the logarithm of the base', async () => {
    await checkOperator(
      {
        sizes: [{}],
        inputs: [
          { shape: [4], values: between(-2, -0.5) },
          { shape: [], values: () => [2], fixed: true },
        ],
        build: (x, two) => binary.power(x!, two!),
      },
      1,
    );
  });

  it.each([
    ['maximum', binary.maximum],
    ['minimum', binary.minimum],
  ])('gives the gradient of %s at a tie to the left operand alone', async (_name, operator) => {
    const [left, right] = [input('left', 'float32', [1]), input('right', 'float32', [1])];
    const [toLeft, toRight] = gradients(operator(left, right), [left, right]) as [Tensor, Tensor];
    const program = await compileProgram({ toLeft, toRight });
    const one = { data: Float32Array.of(1), shape: [1] };
    const results = await program.run({ left: one, right: one });
    expect([results['toLeft']!.data[0], results['toRight']!.data[0]]).toEqual([1, 0]);
    await program.close();
  });

  it('does not take a symbolic size for another', () => {
    expect(() => binary.add(input('a', 'float32', ['batch']), input('b', 'float32', ['length']))).toThrow(ShapeError);
  });
});
