import type { Initializer } from './tensor.ts';

/** All zeros. */
export const zeros: Initializer = (shape) => new Float32Array(count(shape));

/** All ones. */
export const ones: Initializer = (shape) => new Float32Array(count(shape)).fill(1);

/** One number everywhere. */
export function filledWith(value: number): Initializer {
  return (shape) => new Float32Array(count(shape)).fill(value);
}

/** Normal with mean 0. @param deviation default .02 */
export function normal(deviation = 0.02): Initializer {
  return (shape, random) => Float32Array.from({ length: count(shape) }, () => random.normal() * deviation);
}

/** Normal cut at two deviations, as usual for embeddings. @param deviation default .02 */
export function truncatedNormal(deviation = 0.02): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: count(shape) }, () => {
      let value = random.normal();
      while (Math.abs(value) > 2) value = random.normal();
      return value * deviation;
    });
}

/** Uniform in ±√(6 / (fan in + fan out)) over the first and last axis (Glorot & Bengio 2010, eq. 16). */
export const glorotUniform: Initializer = (shape, random) => {
  const bound = Math.sqrt(6 / ((shape[0] ?? 1) + (shape.at(-1) ?? 1)));
  return Float32Array.from({ length: count(shape) }, () => (2 * random.next() - 1) * bound);
};

/** Normal with deviation √(2 / fan in), for ReLU (He et al. 2015). */
export const heNormal: Initializer = (shape, random) => normal(Math.sqrt(2 / (shape[0] ?? 1)))(shape, random);

function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
