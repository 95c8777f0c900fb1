import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { glorotUniform, heNormal, normal, ones, truncatedNormal, zeros } from './initializers.ts';
import { currentLayerPath, inLayer } from './layer-path.ts';
import { parameter } from './leaf.ts';
import { add } from './operators/binary.ts';
import { sum } from './operators/reduce.ts';
import { initialParameters, parameterLayout, parameterView } from './parameters.ts';
import type { Tensor } from './tensor.ts';

const totalOf = (tensors: readonly Tensor[]) => tensors.map((tensor) => sum(tensor)).reduce(add);

describe('the flat vector of parameters', () => {
  it('orders slots by name, whatever the order of use, and shares a tensor used twice', () => {
    const [b, a] = inLayer('layer', () => [parameter('b', [2, 3], ones), parameter('a', [4], zeros)] as const);
    const layout = parameterLayout([totalOf([b, a, b])]);
    expect(layout.slots.map(({ name, offset, size, shape }) => [name, offset, size, shape])).toEqual([
      ['layer.a', 0, 4, [4]],
      ['layer.b', 4, 6, [2, 3]],
    ]);
    expect(layout.size).toBe(10);
    expect(Array.from(initialParameters(layout, 1))).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    const flat = new Float32Array(10);
    parameterView(layout, flat, 'layer.b')!.fill(5);
    expect(Array.from(flat)).toEqual([0, 0, 0, 0, 5, 5, 5, 5, 5, 5]);
    expect(parameterView(layout, flat, 'layer.c')).toBeNull();
  });

  it('starts a parameter from the same numbers beside others, and from other numbers under another seed', () => {
    const make = (name: string) => parameter(name, [3], normal(1));
    const alone = initialParameters(parameterLayout([totalOf([make('b')])]), 5);
    const layout = parameterLayout([totalOf([make('a'), make('b')])]);
    expect(parameterView(layout, initialParameters(layout, 5), 'b')).toEqual(alone);
    expect(parameterView(layout, initialParameters(layout, 6), 'b')).not.toEqual(alone);
    expect(parameterView(layout, initialParameters(layout, 5), 'a')).not.toEqual(alone);
  });
});

describe('initializers', () => {
  const draw = (initializer: typeof zeros, shape: readonly number[] = [200, 100]) => initializer(shape, createRandom(1, 'initializer'));
  const deviation = (values: Float32Array) => Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);

  it('have the spread of their formulas', () => {
    expect(deviation(draw(normal()))).toBeCloseTo(0.02, 3);
    expect(deviation(draw(normal(2)))).toBeCloseTo(2, 1);
    expect(deviation(draw(heNormal))).toBeCloseTo(Math.sqrt(2 / 200), 2);
    const glorot = draw(glorotUniform);
    const bound = Math.sqrt(6 / 300);
    expect(glorot.every((value) => Math.abs(value) <= bound)).toBe(true);
    expect(deviation(glorot)).toBeCloseTo(bound / Math.sqrt(3), 3);
    const truncated = draw(truncatedNormal(0.5));
    expect(truncated.every((value) => Math.abs(value) <= 1)).toBe(true);
    // The variance of a normal cut at two deviations is .774 of the whole one's.
    expect(deviation(truncated)).toBeCloseTo(0.5 * Math.sqrt(0.774), 2);
  });
});

describe('inLayer', () => {
  it('unwinds when a layer throws', () => {
    expect(() =>
      inLayer('outer', () =>
        inLayer('inner', () => {
          throw new Error(currentLayerPath());
        }),
      ),
    ).toThrow('outer.inner');
    expect(currentLayerPath()).toBe('');
  });
});
