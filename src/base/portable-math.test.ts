import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterRandom } from './counter-random.ts';
import { cosTurns, exp, expm1, log, log1p, logistic, pow, sinTurns, tanh } from './portable-math.ts';

/** Distance in representable doubles of the larger one's scale. */
function ulps(value: number, expected: number): number {
  if (Object.is(value, expected) || value === expected) return 0;
  const scale = Math.max(Math.abs(expected), 2 ** -1022);
  return Math.abs(value - expected) / 2 ** (Math.floor(Math.log2(scale)) - 52);
}

/** The largest distance over many arguments. */
function worst(ours: (x: number) => number, theirs: (x: number) => number, low: number, high: number): number {
  const random = createCounterRandom();
  let most = 0;
  for (let turn = 0; turn < 40_000; turn++) {
    const x = low + (high - low) * (random.next() + random.next() * 2 ** -32);
    most = Math.max(most, ulps(ours(x), theirs(x)));
  }
  return most;
}

describe('portable functions', () => {
  it.each([
    ['exp', exp, Math.exp, -700, 700, 2],
    ['exp, small', exp, Math.exp, -1, 1, 2],
    ['exp, subnormal results', exp, Math.exp, -745, -708, 2],
    ['log', log, Math.log, 0, 1e6, 2],
    ['log, near one', log, Math.log, 0.9, 1.1, 2],
    ['log, subnormal', log, Math.log, 0, 2 ** -1022, 2],
    ['expm1', expm1, Math.expm1, -2, 2, 4],
    ['expm1, tiny', expm1, Math.expm1, -1e-9, 1e-9, 4],
    ['log1p', log1p, Math.log1p, -0.9, 3, 4],
    ['log1p, tiny', log1p, Math.log1p, -1e-9, 1e-9, 4],
    ['tanh', tanh, Math.tanh, -3, 3, 6],
    ['logistic', logistic, (x: number) => 1 / (1 + Math.exp(-x)), 0, 40, 3],
  ] as const)('%s agrees with Math to its stated ulps', (_, ours, theirs, low, high, bound) => {
    expect(worst(ours, theirs, low, high)).toBeLessThanOrEqual(bound);
  });

  it('holds at the ends of the range', () => {
    const ends = [
      0,
      -0,
      1,
      -1,
      Infinity,
      -Infinity,
      NaN,
      710,
      -746,
      709.78,
      709.7827,
      -745.13,
      2 ** -1074,
      Number.MAX_VALUE,
      2 ** -30,
      0.5 - 2 ** -54,
    ];
    for (const x of ends) {
      expect([x, ulps(exp(x), Math.exp(x)) <= 1], 'exp').toEqual([x, true]);
      expect([x, ulps(log(x), Math.log(x)) <= 1], 'log').toEqual([x, true]);
      expect([x, ulps(tanh(x), Math.tanh(x)) <= 6], 'tanh').toEqual([x, true]);
    }
    expect([expm1(-Infinity), expm1(Infinity), log1p(-1), log1p(Infinity), logistic(-800), logistic(800)]).toEqual([
      -1,
      Infinity,
      -Infinity,
      Infinity,
      0,
      1,
    ]);
  });

  it('keeps log the inverse of exp, and both rising', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(2 ** -51 * Math.max(1, Math.abs(x)));
        expect(exp(x + 1e-9 * Math.max(1, Math.abs(x)))).toBeGreaterThan(exp(x));
      }),
    );
  });

  it('turns angles: quarter turns are exact, the rest as Math', () => {
    expect([0, 0.25, 0.5, 0.75, 1, -0.25, 1e9].map(sinTurns).map((x) => x + 0)).toEqual([0, 1, 0, -1, 0, -1, 0]);
    expect([0, 0.25, 0.5, 0.75, 1, -0.25, 1e9 + 0.5].map(cosTurns).map((x) => x + 0)).toEqual([1, 0, -1, 0, 1, 0, -1]);
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
        expect(Math.abs(sinTurns(x) - Math.sin(2 * Math.PI * x))).toBeLessThan(1e-15);
        expect(Math.abs(cosTurns(x) - Math.cos(2 * Math.PI * x))).toBeLessThan(1e-15);
      }),
    );
  });

  it('raises to powers within the stated relative error', () => {
    expect([pow(2, 10), pow(2, -2), pow(-3, 3), pow(0, 0), pow(10, 3)]).toEqual([1024, 0.25, -27, 1, 1000]);
    expect(pow(-2, 0.5)).toBeNaN();
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -50, max: 50, noNaN: true })),
        (x, y) => {
          const expected = Math.pow(x, y);
          expect(Math.abs(pow(x, y) / expected - 1)).toBeLessThan(2 ** -51 * (2 + Math.abs(y) * Math.max(1, Math.abs(Math.log(x)))));
        },
      ),
    );
  });

  it('gives the same bits everywhere', () => {
    const random = createCounterRandom();
    const values = new Float64Array(9);
    const hash = createHash('sha256');
    const bytes = new DataView(new ArrayBuffer(72));
    for (let turn = 0; turn < 5_000; turn++) {
      const x = (random.next() - 0.5) * 40;
      const u = random.next();
      values.set([exp(x), log(u), expm1(x / 20), log1p(u), tanh(x / 9), logistic(x), sinTurns(x), cosTurns(x), pow(u + 0.5, x)]);
      for (const [at, value] of values.entries()) bytes.setFloat64(8 * at, value);
      hash.update(new Uint8Array(bytes.buffer));
    }
    expect(hash.digest('hex')).toBe('ce71501595b3444b9424e7355a5f377f6036477569a2f235404d16e634045d6a');
  });
});
