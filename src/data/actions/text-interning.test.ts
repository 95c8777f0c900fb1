import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameArbitrary } from '../events/some-event.fixture.ts';
import { createTextInterning } from './text-interning.ts';

test('any texts, long and of any script, are numbered in order of their first appearance', () => {
  const text = fc.oneof(
    nameArbitrary,
    fc.constantFrom('', 'a', 'é', 'aé', 'x'.repeat(256), 'x'.repeat(257), `${'x'.repeat(256)}é`, '\u007f', '\u0080'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const interning = createTextInterning();
      const distinct = [...new Set(texts)];
      expect(texts.map((each) => interning.intern(each))).toEqual(texts.map((each) => distinct.indexOf(each)));
      expect(interning.texts()).toEqual(distinct);
      if (distinct.length >= 3) expect(interning.texts(1, 3)).toEqual(distinct.slice(1, 3));
      expect(interning.count()).toBe(distinct.length);
    }),
  );
});
