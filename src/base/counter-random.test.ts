import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterRandom, deriveKey, normalAt, uint32At, uniformAt } from './counter-random.ts';

type Place = [number, number, number, number];
const word = fc.nat(0xffffffff);
const place: fc.Arbitrary<Place> = fc.tuple(word, word, word, word);

/** Pearson's statistic over bins expected to be equal, in standard deviations from its mean. */
function chiSquare(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const expected = total / counts.length;
  const statistic = Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

function moments(draw: () => number, count: number) {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return { values, mean, variance };
}

describe('deriveKey', () => {
  it('is known, and does not confuse labels by joining them', () => {
    expect(deriveKey(7, 'markets', 3)).toBe(deriveKey(7, 'markets', 3));
    expect(deriveKey(7, 'markets')).toBe(2065145661);
    expect(new Set([deriveKey(1, 'ab', 'c'), deriveKey(1, 'a', 'bc'), deriveKey(1, 'a'), deriveKey(1, 'a', '')]).size).toBe(4);
  });
});

describe('a number at a place', () => {
  it('is MurmurHash3_x86_32 of the counters (goldens of the reference, mmh3 5 for Python)', () => {
    expect([uint32At(0, 0, 0, 0), uint32At(1, 2, 3, 4), uint32At(0xdeadbeef, 0xffffffff, 7, 2 ** 31), uint32At(42, 1, 0, 0)]).toEqual([
      3644920907, 3568513587, 1747644497, 94772308,
    ]);
  });

  it('is even over each counter and over pairs that follow each other', () => {
    for (const at of [
      (n: number) => uint32At(9, n, 0, 0),
      (n: number) => uint32At(9, 0, n, 5),
      (n: number) => uint32At(9, 1, 2, n),
      (n: number) => uint32At(n, 1, 2, 3),
    ]) {
      const singles = new Int32Array(256);
      const lows = new Int32Array(256);
      const pairs = new Int32Array(1024);
      for (let n = 0; n < 65_536; n++) {
        singles[at(n) >>> 24]!++;
        lows[at(n) & 255]!++;
        pairs[((at(n) >>> 27) << 5) | (at(n + 1) >>> 27)]!++;
      }
      for (const counts of [singles, lows, pairs]) expect(Math.abs(chiSquare(counts))).toBeLessThan(5);
    }
  });

  it('changes half of its bits when one bit of key or counter changes', () => {
    let flipped = 0;
    let turns = 0;
    fc.assert(
      fc.property(place, fc.nat(3), fc.nat(31), (at, which, bit) => {
        const other = at.map((value, index) => (index === which ? (value ^ (1 << bit)) >>> 0 : value)) as Place;
        let difference = uint32At(...at) ^ uint32At(...other);
        for (; difference !== 0; difference &= difference - 1) flipped++;
        turns++;
      }),
      { numRuns: 3_000, seed: 5 },
    );
    expect(Math.abs(flipped / turns - 16)).toBeLessThan(5 * Math.sqrt(8 / turns));
  });

  it('gives uniforms in [0, 1) and finite normals', () => {
    fc.assert(
      fc.property(place, (at: Place) => {
        expect(uniformAt(...at) >= 0 && uniformAt(...at) < 1).toBe(true);
        expect(Math.abs(normalAt(...at))).toBeLessThan(7);
      }),
    );
    let count = 0;
    const { mean, variance } = moments(() => normalAt(3, count++, 0, 0), 40_000);
    expect(Math.abs(mean)).toBeLessThan(5 / 200);
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
  });
});

describe('createCounterRandom', () => {
  const random = createCounterRandom();

  /** sfc32 written plainly, from a state. */
  function* plainSfc32(a: number, b: number, c: number, counter: number) {
    for (;;) {
      const result = (a + b + counter) >>> 0;
      counter = (counter + 1) >>> 0;
      a = (b ^ (b >>> 9)) >>> 0;
      b = (c + ((c << 3) >>> 0)) >>> 0;
      c = ((((c << 21) | (c >>> 11)) >>> 0) + result) >>> 0;
      yield result;
    }
  }

  it('is sfc32 from a state that is MurmurHash3_x86_128 of the place (states from mmh3 5 for Python)', () => {
    type Known = [place: [number, number, number, number, number], state: [number, number, number, number]];
    const known: Known[] = [
      [
        [0, 0, 0, 0, 0],
        [1514173910, 1798126887, 3549588527, 3944909319],
      ],
      [
        [1, 2, 3, 4, 0],
        [1388122984, 2122966956, 3190558165, 3432182243],
      ],
      [
        [0xdeadbeef, 0xffffffff, 7, 2 ** 31, 0],
        [702908190, 1753028352, 4294814617, 1922363415],
      ],
      [
        [42, 1, 0, 0, 0],
        [900682637, 2190335107, 550409709, 244496332],
      ],
    ];
    for (const [at, state] of known) {
      random.reset(...at);
      const oracle = plainSfc32(...state);
      for (let turn = 0; turn < 50; turn++) expect(random.uint32()).toBe(oracle.next().value);
    }
  });

  it('begins anew at a place, whatever was drawn before', () => {
    const other = createCounterRandom();
    fc.assert(
      fc.property(place, place, fc.nat(20), (at, before, draws) => {
        random.reset(...at);
        const first = [random.uint32(), random.normal(), random.exponential(), random.next()];
        other.reset(...before);
        for (let turn = 0; turn < draws; turn++) other.next();
        other.reset(...at);
        expect([other.uint32(), other.normal(), other.exponential(), other.next()]).toEqual(first);
      }),
    );
  });

  it('is even over the first draws of neighbouring places, and those do not follow from each other', () => {
    for (const put of [
      (n: number) => random.reset(1, n, 0, 0),
      (n: number) => random.reset(1, 0, n, 0),
      (n: number) => random.reset(1, 0, 0, n),
      (n: number) => random.reset(1, 0, 0, 0, n),
      (n: number) => random.reset(n, 0, 0, 0),
    ]) {
      const firsts = new Int32Array(256);
      const pairs = new Int32Array(1024);
      const within = new Int32Array(1024);
      let last = 0;
      for (let n = 0; n < 40_000; n++) {
        put(n);
        const first = random.uint32();
        firsts[first & 255]!++;
        pairs[((last >>> 27) << 5) | (first >>> 27)]!++;
        within[((first >>> 27) << 5) | (random.uint32() >>> 27)]!++;
        last = first;
      }
      for (const counts of [firsts, pairs, within]) expect(Math.abs(chiSquare(counts))).toBeLessThan(5);
    }
  });

  it('draws integers below a bound, each about as often', () => {
    random.reset(4, 0, 0, 0);
    const counts = new Int32Array(10);
    for (let turn = 0; turn < 50_000; turn++) counts[random.integer(10)]!++;
    expect(Math.abs(chiSquare(counts))).toBeLessThan(5);
    for (let turn = 0; turn < 100; turn++) expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it('draws standard normals and exponentials', () => {
    random.reset(5, 0, 0, 0);
    const normal = moments(random.normal, 50_000);
    expect(Math.abs(normal.mean)).toBeLessThan(5 / Math.sqrt(50_000));
    expect(Math.abs(normal.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 50_000));
    expect(Math.abs(normal.values.filter((value) => Math.abs(value) > 1.959963984540054).length / 50_000 - 0.05)).toBeLessThan(
      5 * Math.sqrt(0.0475 / 50_000),
    );
    const exponential = moments(random.exponential, 50_000);
    expect(exponential.values.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
    expect(Math.abs(exponential.mean - 1)).toBeLessThan(5 / Math.sqrt(50_000));
    expect(Math.abs(exponential.values.filter((value) => value > 2).length / 50_000 - Math.exp(-2))).toBeLessThan(
      5 * Math.sqrt(0.117 / 50_000),
    );
  });

  it.each([0, 0.1, 1, 7.5, 15.9, 16, 17, 40, 1_000, 1e6])('draws Poisson counts of mean %d', (mean) => {
    random.reset(6, mean * 10, 0, 0);
    const drawn = moments(() => random.poisson(mean), 20_000);
    expect(drawn.values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(Math.abs(drawn.mean - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean / 20_000));
    expect(Math.abs(drawn.variance - mean)).toBeLessThanOrEqual(5 * Math.sqrt((mean + 2 * mean ** 2) / 20_000));
    // The whole law, bin by bin, where bins are not too many.
    if (mean === 0 || mean > 40) return;
    let probability = Math.exp(-mean);
    for (let count = 0; count < mean + 4 * Math.sqrt(mean); count++) {
      const share = drawn.values.filter((value) => value === count).length / 20_000;
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt(probability / 20_000) + 1e-3);
      probability *= mean / (count + 1);
    }
  });

  it('draws places by weight, never one of weight 0', () => {
    random.reset(8, 0, 0, 0);
    const cumulative = [0, 1, 1, 4, 10];
    const counts = new Int32Array(5);
    for (let turn = 0; turn < 20_000; turn++) counts[random.categorical(cumulative)]!++;
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    for (const [at, share] of [
      [1, 0.1],
      [3, 0.3],
      [4, 0.6],
    ] as const)
      expect(Math.abs(counts[at]! / 20_000 - share)).toBeLessThan(5 * Math.sqrt(share / 20_000));
  });
});
