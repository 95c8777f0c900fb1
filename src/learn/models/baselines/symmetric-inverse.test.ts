import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { createMatrixProduct } from './matrix-product.ts';
import type { Matrix } from './matrix-product.ts';
import { invertSymmetric } from './symmetric-inverse.ts';
import { tilesOf, wholeOf, zeros } from './symmetric-tiles.ts';

const product = createMatrixProduct();
afterAll(() => product.close());

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed, rows, columns);
  return { rows, columns, values: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** A product by definition. */
function multiplyPlainly(left: Matrix, right: Matrix): Matrix {
  const result = zeros(left.rows, right.columns);
  for (let row = 0; row < left.rows; row++) {
    for (let column = 0; column < right.columns; column++) {
      let sum = 0;
      for (let at = 0; at < left.columns; at++) {
        sum += left.values[row * left.columns + at]! * right.values[at * right.columns + column]!;
      }
      result.values[row * right.columns + column] = sum;
    }
  }
  return result;
}

function transpose({ rows, columns, values }: Matrix): Matrix {
  const result = zeros(columns, rows);
  values.forEach((value, at) => (result.values[(at % columns) * rows + Math.floor(at / columns)] = value));
  return result;
}

/** AᵀA + I: positive definite. */
function randomDefinite(size: number, seed: number): Matrix {
  const factor = randomMatrix(Math.ceil(size / 2), size, seed);
  const matrix = multiplyPlainly(transpose(factor), factor);
  for (let at = 0; at < size; at++) matrix.values[at * (size + 1)]! += 1;
  return matrix;
}

function furthestFromIdentity({ rows, values }: Matrix): number {
  return values.reduce((most, value, at) => Math.max(most, Math.abs(value - Number(at % (rows + 1) === 0))), 0);
}

const extent = fc.integer({ min: 1, max: 20 });

test('native products equal those by definition, operands transposed, scaled and added', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ rows: extent, inner: extent, columns: extent, seed: fc.nat() }),
      fc.record({ transposeLeft: fc.boolean(), transposeRight: fc.boolean(), factor: fc.constantFrom(1, -1) }),
      fc.boolean(),
      async ({ rows, inner, columns, seed }, kind, adds) => {
        const left = randomMatrix(rows, inner, seed);
        const right = randomMatrix(inner, columns, seed + 1);
        const added = randomMatrix(rows, columns, seed + 2);
        const into = zeros(rows, columns);
        await product.multiply(
          kind.transposeLeft ? transpose(left) : left,
          kind.transposeRight ? transpose(right) : right,
          into,
          kind,
          adds ? added : undefined,
        );
        multiplyPlainly(left, right).values.forEach((value, at) => {
          expect(into.values[at]).toBeCloseTo(kind.factor * value + (adds ? added.values[at]! : 0), 10);
        });
      },
    ),
  );
});

describe('symmetric tiles', () => {
  test('hold a whole matrix', () => {
    const matrix = randomDefinite(21, 1);
    expect(wholeOf(tilesOf(matrix, 8)).values).toEqual(matrix.values);
  });
});

describe('invertSymmetric', () => {
  test('gives the inverse, whatever the size and the tiles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), fc.constantFrom(1, 8, 16, 64), fc.nat(), async (size, tileSize, seed) => {
        const matrix = randomDefinite(size, seed);
        const tiles = tilesOf(matrix, tileSize);
        await invertSymmetric(tiles, product);
        expect(furthestFromIdentity(multiplyPlainly(matrix, wholeOf(tiles)))).toBeLessThan(1e-8);
      }),
      { numRuns: 15 },
    );
  });

  test('tiles that are themselves inverted in tiles', async () => {
    const matrix = randomDefinite(300, 3);
    const tiles = tilesOf(matrix, 256);
    const shares: number[] = [];
    await invertSymmetric(tiles, product, (share) => shares.push(share));
    expect(furthestFromIdentity(multiplyPlainly(matrix, wholeOf(tiles)))).toBeLessThan(1e-8);
    expect(shares).toEqual([0.5, 1]);
  });

  test('says when the matrix is not positive definite', async () => {
    for (const values of [
      [1, 2, 2, 1],
      [0, 0, 0, 1],
      [Number.NaN, 0, 0, 1],
    ]) {
      const tiles = tilesOf({ rows: 2, columns: 2, values: Float64Array.from(values) }, 1);
      await expect(invertSymmetric(tiles, product)).rejects.toMatchObject({ code: 'MATRIX_NOT_POSITIVE_DEFINITE' });
    }
  });
});
