import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDimensions,
  broadcastShapes,
  divideDimension,
  elementCount,
  formatShape,
  multiplyDimensions,
  resolveDimension,
  sameShape,
  sumTerms,
  type Dimension,
} from './dimension.ts';

const names = ['batch', 'length', 'items'] as const;
const values = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  length: fc.integer({ min: 1, max: 9 }),
  items: fc.integer({ min: 1, max: 9 }),
});
const simple: fc.Arbitrary<Dimension> = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(...names));
const product = fc.array(simple, { minLength: 1, maxLength: 3 }).map((factors) => multiplyDimensions(...factors));
/** Products of names, sums of such, and products with sums. */
const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  product,
  fc.array(product, { minLength: 1, maxLength: 3 }).map((terms) => addDimensions(...terms)),
  fc
    .tuple(product, fc.array(product, { minLength: 2, maxLength: 3 }))
    .map(([factor, terms]) => multiplyDimensions(factor, addDimensions(...terms))),
);
const valueOf = (of: Dimension, sizes: Readonly<Record<string, number>>) => resolveDimension(of, sizes)!;
const shuffled = (from: fc.Arbitrary<Dimension>) =>
  fc
    .array(from, { minLength: 1, maxLength: 4 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

describe('dimensions', () => {
  it('read as they are documented', () => {
    expect(multiplyDimensions('length', 2, 'batch')).toBe('2*batch*length');
    expect(addDimensions(1, 'length', 1)).toBe('(2+length)');
    expect(addDimensions('length', 'length')).toBe('2*length');
    expect(addDimensions(2, multiplyDimensions(2, 'length'))).toBe('2*(1+length)');
    expect(addDimensions('batch', multiplyDimensions('batch', 'length'))).toBe('(1+length)*batch');
    expect(sumTerms('(1+2*length)')).toEqual([1, '2*length']);
    expect(sumTerms('length')).toBeNull();
    expect(multiplyDimensions(0, 'batch')).toBe(0);
    expect(formatShape(['batch', 3])).toBe('[batch, 3]');
    expect(elementCount([])).toBe(1);
  });

  it('multiply to one canonical form, whatever the order, with the product’s value', () => {
    fc.assert(
      fc.property(shuffled(dimension), values, ([all, other], sizes) => {
        const result = multiplyDimensions(...all);
        expect(multiplyDimensions(...other)).toBe(result);
        expect(valueOf(result, sizes)).toBe(all.reduce((total: number, each) => total * valueOf(each, sizes), 1));
      }),
    );
  });

  it('add to one canonical form, whatever the order and grouping, with the sum’s value', () => {
    fc.assert(
      fc.property(shuffled(product), values, fc.nat(), ([all, other], sizes, cut) => {
        const result = addDimensions(...all);
        const at = cut % all.length;
        expect(addDimensions(...other)).toBe(result);
        expect(addDimensions(addDimensions(...all.slice(0, at)), addDimensions(...all.slice(at)))).toBe(result);
        expect(valueOf(result, sizes)).toBe(all.reduce((total: number, each) => total + valueOf(each, sizes), 0));
      }),
    );
  });

  it('keep their value in sums of products with sums', () => {
    fc.assert(
      fc.property(fc.array(dimension, { minLength: 1, maxLength: 3 }), values, (all, sizes) => {
        expect(valueOf(addDimensions(...all), sizes)).toBe(all.reduce((total: number, each) => total + valueOf(each, sizes), 0));
      }),
    );
  });

  it('divide back what was multiplied', () => {
    fc.assert(
      fc.property(dimension, dimension, (a, b) => {
        expect(divideDimension(multiplyDimensions(a, b), b)).toBe(a);
      }),
    );
  });

  it('divide exactly or not at all', () => {
    fc.assert(
      fc.property(dimension, dimension, values, (a, b, sizes) => {
        const quotient = divideDimension(a, b);
        if (quotient !== null) expect(valueOf(quotient, sizes) * valueOf(b, sizes)).toBe(valueOf(a, sizes));
      }),
    );
    expect(divideDimension(6, 4)).toBeNull();
    expect(divideDimension('batch', 'length')).toBeNull();
    expect(divideDimension(6, 0)).toBeNull();
  });

  it('have no value where a name has none', () => {
    expect(resolveDimension('2*batch', {})).toBeNull();
    expect(resolveDimension('(1+length)*batch', { batch: 2 })).toBeNull();
    expect(resolveDimension('(1+length)*batch', { batch: 2, length: 3 })).toBe(8);
  });
});

describe('broadcastShapes', () => {
  const shape = fc.array(simple, { maxLength: 4 });

  it('is the same from both sides, keeps a shape against itself and a scalar, and has no axis that neither has', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const joined = broadcastShapes(a, b);
        expect(broadcastShapes(b, a)).toEqual(joined);
        expect(broadcastShapes(a, a)).toEqual(a);
        expect(broadcastShapes(a, [])).toEqual(a);
        if (joined !== null) {
          expect(broadcastShapes(joined, a)).toEqual(joined);
          expect(joined.every((size, axis) => [a.at(axis - joined.length), b.at(axis - joined.length)].includes(size))).toBe(true);
        }
      }),
    );
  });

  it('is none where two sizes differ and neither is 1', () => {
    expect(broadcastShapes([2, 3], [3, 1])).toBeNull();
    expect(broadcastShapes(['batch'], ['length'])).toBeNull();
    expect(broadcastShapes(['batch'], [3])).toBeNull();
    expect(broadcastShapes(['batch', 1], [3])).toEqual(['batch', 3]);
  });

  it('tells equal shapes symbol by symbol', () => {
    expect(sameShape(['batch', 3], ['batch', 3])).toBe(true);
    expect(sameShape(['batch'], ['length'])).toBe(false);
    expect(sameShape([1, 2], [2])).toBe(false);
  });
});
