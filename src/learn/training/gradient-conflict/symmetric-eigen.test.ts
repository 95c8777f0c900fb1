import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

function randomSymmetric(size: number, seed: number): Float64Array {
  const random = createRandom(seed, 'matrix');
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) matrix[i * size + j] = matrix[j * size + i] = random.normal();
  return matrix;
}

/** Largest entry of V diag(λ) Vᵀ − A, and of V Vᵀ − 1. */
function errorsOf(matrix: Float64Array, size: number): { product: number; orthogonality: number; sorted: boolean } {
  const { values, vectors } = symmetricEigen(matrix, size);
  let [product, orthogonality] = [0, 0];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let [whole, angle] = [0, 0];
      for (let k = 0; k < size; k++) {
        whole += values[k]! * vectors[k * size + i]! * vectors[k * size + j]!;
        angle += vectors[i * size + k]! * vectors[j * size + k]!;
      }
      product = Math.max(product, Math.abs(whole - matrix[i * size + j]!));
      orthogonality = Math.max(orthogonality, Math.abs(angle - (i === j ? 1 : 0)));
    }
  }
  return { product, orthogonality, sorted: values.every((value, at) => at === 0 || value <= values[at - 1]!) };
}

describe('eigen-decomposition of a symmetric matrix', () => {
  it('gives the matrix back, from orthonormal vectors, largest value first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), fc.integer({ min: -8, max: 8 }), (size, seed, power) => {
        const scale = 10 ** power;
        const { product, orthogonality, sorted } = errorsOf(
          randomSymmetric(size, seed).map((value) => value * scale),
          size,
        );
        expect(product).toBeLessThan(1e-13 * scale * size);
        expect(orthogonality).toBeLessThan(1e-13 * size);
        expect(sorted).toBe(true);
      }),
    );
  });

  it('does so for 64 rows', () => {
    expect(errorsOf(randomSymmetric(64, 5), 64).product).toBeLessThan(1e-12);
  });

  it('knows the eigenvalues of matrices whose are known', () => {
    expect([...symmetricEigen(new Float64Array(4), 2).values]).toEqual([0, 0]);
    expect([...symmetricEigen(Float64Array.of(2, 0, 0, 5), 2).values]).toEqual([5, 2]);
    const [high, low] = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values;
    expect(high).toBeCloseTo(3, 14);
    expect(low).toBeCloseTo(1, 14);
    // Rank one: ones have the value of their number once, then zeros.
    const ones = symmetricEigen(new Float64Array(25).fill(1), 5).values;
    expect(ones[0]).toBeCloseTo(5, 13);
    for (const rest of ones.subarray(1)) expect(Math.abs(rest)).toBeLessThan(1e-14);
  });

  it('keeps the digits of small eigenvalues of graded matrices', () => {
    const lengths = [1, 1e-4, 1e-8];
    const cosines = [1, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 1];
    const graded = Float64Array.from(cosines, (cosine, at) => cosine * lengths[Math.floor(at / 3)]! * lengths[at % 3]!);
    const { values } = symmetricEigen(graded, 3);
    // The determinant is exact: 0.5625 · 1e-24.
    expect((values[0]! * values[1]! * values[2]!) / 1e-24).toBeCloseTo(0.5625, 10);
  });
});
