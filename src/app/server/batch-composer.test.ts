import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeBatch } from './batch-composer.ts';

describe('composeBatch', () => {
  it('takes the oldest, keeps order, and stays within rows and padding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 300 }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (lengths, batchRowsMax, paddingCellsFree, paddingShareMax) => {
          const chosen = composeBatch(lengths, { batchRowsMax, paddingCellsFree, paddingShareMax });
          if (lengths.length === 0) {
            expect(chosen).toEqual([]);
            return;
          }
          expect(chosen[0]).toBe(0);
          expect(chosen.length).toBeLessThanOrEqual(batchRowsMax);
          expect(chosen.every((at, index) => index === 0 || at > chosen[index - 1]!)).toBe(true);
          const rows = chosen.map((at) => lengths[at]!);
          const filled = rows.reduce((sum, length) => sum + length, 0);
          const padding = Math.max(...rows) * rows.length - filled;
          expect(padding).toBeLessThanOrEqual(paddingCellsFree + paddingShareMax * filled);
        },
      ),
    );
  });

  it('does not pad many short histories to a lone long one, wherever it stands', () => {
    const limits = { batchRowsMax: 16, paddingCellsFree: 100, paddingShareMax: 0.25 };
    expect(composeBatch([200, 5, 6, 7, 8], limits)).toEqual([0]);
    expect(composeBatch([5, 200, 6, 7, 8], limits)).toEqual([0, 2, 3, 4]);
  });

  it('fills up to the row limit where lengths are alike', () => {
    const limits = { batchRowsMax: 3, paddingCellsFree: 0, paddingShareMax: 0 };
    expect(composeBatch([9, 9, 9, 9], limits)).toEqual([0, 1, 2]);
  });
});
