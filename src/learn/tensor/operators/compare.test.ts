import fc from 'fast-check';
import { describe } from 'vitest';
import { between, wholeBelow, type CheckedInput } from '../gradient-check.fixture.ts';
import { elementwise } from '../nd-array.fixture.ts';
import { broadcastShapes, shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import type { Tensor } from '../tensor.ts';
import * as compare from './compare.ts';

/** Small whole numbers: ties are as common as not. */
const few: NonNullable<CheckedInput['values']> = (count, random) => Array.from({ length: count }, () => random.integer(3) - 1);
const without = 'its result is bool';

function ofNumbers(build: (left: Tensor, right: Tensor) => Tensor, reference: (a: number, b: number) => boolean): OperatorCase {
  return {
    uses: fc
      .tuple(broadcastShapes(2), fc.constantFrom('float32' as const, 'int32' as const, 'int64' as const))
      .map(([{ shapes, sizes }, dtype]) => ({
        sizes,
        inputs: shapes.map((shape) => ({ shape, dtype, values: few })),
        build: (a, b) => build(a!, b!),
        reference: elementwise((a, b) => Number(reference(a!, b!))),
      })),
    withoutGradient: without,
  };
}

function ofBools(build: (left: Tensor, right: Tensor) => Tensor, reference: (a: number, b: number) => number): OperatorCase {
  return {
    uses: broadcastShapes(2).map(({ shapes, sizes }) => ({
      sizes,
      inputs: shapes.map((shape) => ({ shape, dtype: 'bool', values: wholeBelow(2) })),
      build: (a, b) => build(a!, b!),
      reference: elementwise((a, b) => reference(a!, b!)),
    })),
    withoutGradient: without,
  };
}

describe('comparisons', () => {
  operatorSuite(compare, {
    equal: ofNumbers(compare.equal, (a, b) => a === b),
    greater: ofNumbers(compare.greater, (a, b) => a > b),
    greaterOrEqual: ofNumbers(compare.greaterOrEqual, (a, b) => a >= b),
    less: ofNumbers(compare.less, (a, b) => a < b),
    lessOrEqual: ofNumbers(compare.lessOrEqual, (a, b) => a <= b),
    logicalAnd: ofBools(compare.logicalAnd, (a, b) => a & b),
    logicalOr: ofBools(compare.logicalOr, (a, b) => a | b),
    logicalNot: {
      uses: shapes().map(({ shape, sizes }) => ({
        sizes,
        inputs: [{ shape, dtype: 'bool', values: wholeBelow(2) }],
        build: (x) => compare.logicalNot(x!),
        reference: elementwise((x) => 1 - x!),
      })),
      withoutGradient: without,
    },
    where: {
      uses: broadcastShapes(3).map(({ shapes, sizes }) => ({
        sizes,
        inputs: [
          { shape: shapes[0]!, dtype: 'bool', values: wholeBelow(2) },
          { shape: shapes[1]! },
          { shape: shapes[2]!, values: between(3, 5) },
        ],
        build: (condition, a, b) => compare.where(condition!, a!, b!),
        reference: elementwise((condition, a, b) => (condition === 1 ? a! : b!)),
      })),
      runs: 25,
    },
  });
});
