import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gramsOf, hashGrams } from './hashed-grams.ts';

describe('grams', () => {
  it('are words, pairs and trigrams with boundaries, in this order', () => {
    expect([...gramsOf('Buy Solana, now!')]).toEqual([
      'buy',
      'solana',
      'now',
      'buy solana',
      'solana now',
      '<so',
      'sol',
      'ola',
      'lan',
      'ana',
      'na>',
    ]);
  });

  it('cut languages without spaces into pairs and triples of characters', () => {
    expect([...gramsOf('比特币')]).toEqual(['比特', '特币', '<比特', '比特币', '特币>']);
    expect([...gramsOf('币')]).toEqual(['<币>']);
  });

  it('do not depend on case, width or composition', () => {
    expect([...gramsOf('ＢＴＣ Café')]).toEqual([...gramsOf('btc cafe\u0301')]);
  });

  it('of nothing are nothing', () => {
    expect([...gramsOf('…!')]).toEqual([]);
    expect(hashGrams(['', 'a'], { buckets: 10, gramsMax: 2 }).rows.subarray(0, 2)).toEqual(Int32Array.of(0, 0));
  });
});

describe('hashing', () => {
  it('gives a text the same row whatever stands beside it, within its bounds, each gram once', () => {
    const options = fc.record({ buckets: fc.integer({ min: 1, max: 50 }), gramsMax: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), options, (texts, sizes) => {
        const { rows, width, count } = hashGrams(texts, sizes);
        expect([count, width]).toEqual([texts.length, sizes.gramsMax]);
        texts.forEach((text, at) => {
          const row = rows.subarray(at * width, (at + 1) * width);
          expect(row).toEqual(hashGrams([text], sizes).rows);
          const filled = [...row].filter((gram) => gram > 0);
          expect(new Set(filled).size).toBe(filled.length);
          expect(row.subarray(filled.length).every((gram) => gram === 0)).toBe(true);
          expect(filled.every((gram) => gram <= sizes.buckets)).toBe(true);
        });
      }),
    );
  });

  it('spreads grams evenly: no bucket of 64 has thrice its share of 6,400 words', () => {
    const words = Array.from({ length: 6_400 }, (_, at) => `word${at}`);
    const counts = new Map<number, number>();
    for (const gram of hashGrams(words, { buckets: 64, gramsMax: 1 }).rows) counts.set(gram, (counts.get(gram) ?? 0) + 1);
    expect(counts.size).toBe(64);
    expect(Math.max(...counts.values())).toBeLessThan(300);
  });

  it('lets a misspelt word share most grams with the right one', () => {
    const of = (text: string) => new Set(hashGrams([text], { buckets: 100_000, gramsMax: 24 }).rows);
    const shared = (left: string, right: string) => [...of(left)].filter((gram) => gram > 0 && of(right).has(gram)).length;
    expect(shared('ethereum', 'etherium')).toBeGreaterThanOrEqual(5);
    expect(shared('ethereum', 'bitcoin')).toBe(0);
  });
});
