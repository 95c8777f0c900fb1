import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markSlots } from './mark-slots.ts';

const marks = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 0x7fff_ffff })), { maxLength: 4000 });

it('numbers marks as a map does, however many there are, and forgets them all', () => {
  const slots = markSlots();
  fc.assert(
    fc.property(marks, marks, (met, asked) => {
      slots.clear();
      const known = new Map<number, number>();
      for (const mark of met) {
        if (!known.has(mark)) known.set(mark, known.size);
        expect(slots.findOrAdd(mark)).toBe(known.get(mark));
      }
      for (const mark of [...met, ...asked]) expect(slots.find(mark)).toBe(known.get(mark) ?? -1);
    }),
    { numRuns: 30 },
  );
});
