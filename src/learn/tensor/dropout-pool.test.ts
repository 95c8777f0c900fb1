import { describe, expect, it } from 'vitest';
import { createDropoutPool } from './dropout-pool.ts';
import { input, uniformNoise } from './leaf.ts';
import { emitOnnx } from './onnx/emit.ts';
import { add } from './operators/binary.ts';
import { dropout } from './operators/flow.ts';
import { FeedError } from './program.ts';
import type { Tensor } from './tensor.ts';

/** Three sites over one shape, two of them of one rate. */
function sites(shape: readonly (number | string)[] = ['batch', 100]): Tensor {
  const x = input('x', 'float32', shape);
  return add(add(dropout(x, 0.2), dropout(x, 0.2)), dropout(x, 0.5));
}
const inputsOf = (tensor: Tensor) => emitOnnx({ tensor }, { dialect: 'onnxruntime' }).inputs;
const masksOf = (step: number, batch: number, seed = 1, pool = createDropoutPool(seed)) => {
  const masks = pool.masks(inputsOf(sites()), step, { batch });
  return [0, 1, 2].map((site) => masks[`dropout/${site}`]!.data as Float32Array);
};
const share = (left: Float32Array, right: Float32Array) =>
  left.reduce((same, value, at) => same + Number((value === 0) === (right[at] === 0)), 0) / left.length;

describe('createDropoutPool', () => {
  it('keeps as many as it should, scaled so that the mean stays', () => {
    const [first, , third] = masksOf(1, 2000) as [Float32Array, Float32Array, Float32Array];
    expect(new Set(first)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
    expect(new Set(third)).toEqual(new Set([0, 2]));
    // 200,000 draws: four deviations are .0036 and .0045.
    expect(Math.abs(first.filter((value) => value > 0).length / first.length - 0.8)).toBeLessThan(0.0036);
    expect(Math.abs(third.filter((value) => value > 0).length / third.length - 0.5)).toBeLessThan(0.0045);
  });

  it('draws each site, each step and each seed by itself', () => {
    const [first, second] = masksOf(1, 500) as [Float32Array, Float32Array];
    const [nextStep] = masksOf(2, 500) as [Float32Array];
    const [otherSeed] = masksOf(1, 500, 2) as [Float32Array];
    // Independent masks agree in .8² + .2² of the places.
    for (const other of [second, nextStep, otherSeed]) expect(share(first, other)).toBeCloseTo(0.68, 1);
  });

  it('gives the same masks again for a step, whatever came before and however far the pool has grown', () => {
    const fresh = masksOf(9, 30);
    const pool = createDropoutPool(1);
    masksOf(1, 60_000, 1, pool); // 6 million draws: more than a fresh pool holds
    masksOf(2, 1, 1, pool);
    expect(masksOf(9, 30, 1, pool)).toEqual(fresh);
  });

  it('gives a site the same mask beside other inputs', () => {
    const x = input('x', 'float32', ['batch', 100]);
    const one = dropout(x, 0.2);
    const alone = createDropoutPool(1).masks(inputsOf(one), 3, { batch: 5 });
    const noise = uniformNoise(['batch', 100]);
    const beside = createDropoutPool(1).masks(inputsOf(add(noise, add(one, input('y', 'float32', [100])))), 3, { batch: 5 });
    expect(Object.keys(beside).sort()).toEqual(['dropout/0', 'noise/0']);
    expect(beside['dropout/0']).toEqual(alone['dropout/0']);
  });

  it('draws noise inside (0, 1), evenly', () => {
    const inputs = inputsOf(uniformNoise(['batch', 1000]));
    const values = createDropoutPool(1).masks(inputs, 1, { batch: 100 })['noise/0']!.data as Float32Array;
    let [least, most, total] = [1, 0, 0];
    for (const value of values) [least, most, total] = [Math.min(least, value), Math.max(most, value), total + value];
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThan(1);
    expect(total / values.length).toBeCloseTo(0.5, 2);
  });

  it('knows products and sums of sizes, and names a mask whose size nothing tells', () => {
    const inputs = inputsOf(sites(['(1+length)', '2*batch']));
    expect(createDropoutPool(1).masks(inputs, 1, { batch: 3, length: 4 })['dropout/0']!.shape).toEqual([5, 6]);
    expect(() => createDropoutPool(1).masks(inputs, 1, { batch: 3 })).toThrow(FeedError);
    expect(() => createDropoutPool(1).masks(inputs, 1, { batch: 3 })).toThrow(
      /input "dropout\/\d": no fed input tells the size "\(1\+length\)"/,
    );
  });
});
