import { createRandom } from '../../base/random.ts';
import type { GraphInput } from './onnx/lowering.ts';
import { resolveDimension, type Dimension } from './dimension.ts';
import { FeedError, type TensorValue } from './program.ts';

/**
 * Dropout masks without a generator in the graph: one pool of scaled Bernoulli draws for each rate, of which every site
 * takes a window at a place drawn from (seed, step, site). A window is a view: a mask costs no copy, any step's masks can
 * be made again from its number alone, and 4 million draws hold far more windows than a run has steps.
 */
export interface DropoutPool {
  /** Masks and noise for the inputs of a program at a step. @param sizes values of the symbolic dimensions */
  masks(inputs: readonly GraphInput[], step: number, sizes: Readonly<Record<string, number>>): Record<string, TensorValue>;
}

const freshDraws = 1 << 22;

/** @param seed one seed, one run */
export function createDropoutPool(seed: number): DropoutPool {
  const pools = new Map<number | 'uniform', Float32Array>();

  function pool(kind: number | 'uniform', needed: number): Float32Array {
    const before = pools.get(kind);
    if (before !== undefined && before.length >= needed + freshDraws) return before;
    const random = createRandom(seed, 'dropout', kind);
    const values = new Float32Array(needed + freshDraws);
    if (kind === 'uniform') {
      // Midpoints of 2²³ cells: neither 0 nor 1, of which a logarithm would make an infinity.
      for (let at = 0; at < values.length; at++) values[at] = ((random.uint32() >>> 9) + 0.5) / 2 ** 23;
    } else {
      const scale = 1 / kind;
      for (let at = 0; at < values.length; at++) values[at] = random.next() < kind ? scale : 0;
    }
    pools.set(kind, values);
    return values;
  }

  return {
    masks(inputs, step, sizes) {
      const masks: Record<string, TensorValue> = {};
      for (const { name, shape, dropoutKeep, uniformNoise } of inputs) {
        if (dropoutKeep === null && !uniformNoise) continue;
        const concrete = shape.map((dimension) => sizeOf(name, dimension, sizes));
        const size = concrete.reduce((a, b) => a * b, 1);
        // The window's place depends on the site alone: not on the program's other inputs, nor on how far the pool has
        // grown, or a resumed run would differ.
        const start = createRandom(seed, 'dropout-window', step, name).integer(freshDraws);
        masks[name] = { data: pool(dropoutKeep ?? 'uniform', size).subarray(start, start + size), shape: concrete };
      }
      return masks;
    },
  };
}

function sizeOf(name: string, dimension: Dimension, sizes: Readonly<Record<string, number>>): number {
  const size = resolveDimension(dimension, sizes);
  if (size === null) throw new FeedError(name, `no fed input tells the size "${dimension}" of this mask`);
  return size;
}
