import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdTable } from './id-table.ts';

describe('createIdTable', () => {
  it('numbers ids in order of first appearance, as a Map would', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 400 }), (texts) => {
        const table = createIdTable();
        const oracle = new Map<string, number>();
        for (const text of texts) {
          if (!oracle.has(text)) oracle.set(text, oracle.size);
          const bytes = Buffer.from(`>${text}<`);
          expect(table.intern(bytes, 1, bytes.length - 1)).toBe(oracle.get(text));
          expect(table.internText(text)).toBe(oracle.get(text));
        }
        expect(Array.from({ length: table.count() }, (_, index) => table.text(index))).toEqual([...oracle.keys()]);
      }),
    );
  });

  it('grows past its first size without losing an id', () => {
    const table = createIdTable();
    const ids = Array.from({ length: 20_000 }, (_, index) => `item-${index * 7}`);
    ids.forEach((id, index) => expect(table.internText(id)).toBe(index));
    ids.forEach((id, index) => expect(table.internText(id)).toBe(index));
    expect(table.text(19_999)).toBe(ids[19_999]);
  });

  it('refuses invalid UTF-8 and reads latin-1 when told', () => {
    const bytes = Uint8Array.of(0x43, 0xe9);
    expect(createIdTable().intern(bytes, 0, 2)).toBe(-1);
    const latin = createIdTable('latin-1');
    expect(latin.intern(bytes, 0, 2)).toBe(0);
    expect(latin.text(0)).toBe('Cé');
    expect(latin.internText('Cé')).toBe(0);
  });
});
