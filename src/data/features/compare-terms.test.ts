import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTerms } from './compare-terms.ts';

test('orders as the UTF-8 bytes do', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });
  const near = fc.string({ unit: fc.constantFrom('a', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '\u{10FFFF}'), maxLength: 4 });
  fc.assert(
    fc.property(fc.oneof(text, near), fc.oneof(text, near), (left, right) => {
      expect(Math.sign(compareTerms(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});
