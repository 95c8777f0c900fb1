import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './normal-distribution.ts';

describe('the normal distribution', () => {
  it('has the normal distribution: known quantiles, and quantile and share undo each other', () => {
    // Wichura's own check values and those of tables to 1e-10.
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 14);
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.26234008979841, 13);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-10) / 7.619853024160527e-24).toBeCloseTo(1, 8);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5), normalCdf(-50), normalCdf(50)]).toEqual([
      -Infinity,
      Infinity,
      0,
      0,
      1,
    ]);
    expect(normalQuantile(-0.1)).toBeNaN();
    fc.assert(
      fc.property(fc.double({ min: -7, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-8);
        expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  it('gives the same bits everywhere', () => {
    const bytes = new DataView(new ArrayBuffer(16));
    const hash = createHash('sha256');
    for (let turn = 1; turn < 4_000; turn++) {
      bytes.setFloat64(0, normalQuantile(turn / 4_000));
      bytes.setFloat64(8, normalCdf((turn - 2_000) / 200));
      hash.update(new Uint8Array(bytes.buffer));
    }
    expect(hash.digest('hex')).toBe('4ca537962a99415a3515f6426ac894880900a796896b0f4edd867ebdebf3b159');
  });
});
