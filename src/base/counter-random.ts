/*
 * Random numbers that are a function of a place, not of how many were drawn before: one key and up to four counters, one
 * number or one stream. Whoever adds a consumer, changes an order or starts in the middle gets the numbers of an unbroken
 * run. The idea is J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); the mixing is MurmurHash3
 * (A. Appleby, public domain), whose x86 forms are 32-bit multiplications and so are fast in JavaScript; the stream is sfc32
 * (C. Doty-Humphrey, PractRand, public domain). For simulation, not for secrets.
 */
import { createHash } from 'node:crypto';
import { normalQuantile } from './normal-distribution.ts';
import { exp, log } from './portable-math.ts';

const TWO_MINUS_32 = 1 / 0x1_0000_0000;

/** A key (unsigned 32 bits) of a seed and labels; different labels give independent keys. A SHA-256 a call: derive once, keep it. */
export function deriveKey(seed: number | string, ...labels: readonly (number | string)[]): number {
  return createHash('sha256')
    .update([seed, ...labels].join('\u0000'))
    .digest()
    .readUInt32LE(0);
}

/** A uniform unsigned 32-bit integer at a place: MurmurHash3_x86_32 of the three counters (32 bits each), seeded by the key. About 4 ns. */
export function uint32At(key: number, a: number, b: number, c: number): number {
  return finish(absorb(absorb(absorb(key, a), b), c) ^ 12) >>> 0;
}

/** Uniform in [0, 1) at a place, 32 bits of resolution. */
export function uniformAt(key: number, a: number, b: number, c: number): number {
  return uint32At(key, a, b, c) * TWO_MINUS_32;
}

/** Standard normal at a place. */
export function normalAt(key: number, a: number, b: number, c: number): number {
  return normalQuantile((uint32At(key, a, b, c) + 0.5) * TWO_MINUS_32);
}

function absorb(hash: number, word: number): number {
  word = Math.imul(word, 0xcc9e2d51);
  hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A stream that can be put at any place. Draws allocate nothing; each takes a fixed count of the stream's integers where not said otherwise. */
export interface CounterRandom {
  /** Puts the stream at the beginning of a place. Places of one key never share a state. About 15 ns. @defaultValue `d` 0 */
  reset(key: number, a: number, b: number, c: number, d?: number): void;
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, bound); `bound` from 1 to 2^32. */
  integer(bound: number): number;
  /** Standard normal, by inversion: one integer. */
  normal(): number;
  /** Exponential with mean 1, by inversion: one integer. */
  exponential(): number;
  /**
   * Poisson with the given mean (0 to 1e9): one integer below a mean of 16, by inversion; a varying number from there on,
   * by W. Hörmann's PTRS, "The transformed rejection method for generating Poisson random variables" (1993).
   */
  poisson(mean: number): number;
  /** A place in `cumulative`, rising sums of weights ≥ 0, the last above 0: index `i` with probability (c[i] − c[i−1]) / c[last]. One integer; O(log n). */
  categorical(cumulative: ArrayLike<number>): number;
}

/** A stream, standing at place (key 0; 0, 0, 0). */
export function createCounterRandom(): CounterRandom {
  // A typed array, for local variables beyond 31 bits would be boxed in a closure.
  const state = new Int32Array(4);
  const uint32 = () => {
    const b = state[1]!;
    const c = state[2]!;
    const counter = state[3]!;
    const result = (state[0]! + b + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  const next = () => uint32() * TWO_MINUS_32;
  /** In (0, 1): never an end, where a quantile is infinite. */
  const open = () => (uint32() + 0.5) * TWO_MINUS_32;
  const random: CounterRandom = {
    reset: (key, a, b, c, d = 0) => putAt(state, key, a, b, c, d),
    uint32,
    next,
    integer: (bound) => Math.floor(next() * bound),
    normal: () => normalQuantile(open()),
    exponential: () => -log(open()),
    poisson: (mean) => (mean < 16 ? poissonByInversion(mean, open()) : poissonByRejection(mean, open)),
    categorical(cumulative) {
      const target = next() * cumulative[cumulative.length - 1]!;
      let low = 0;
      let high = cumulative.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cumulative[middle]! > target) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
  random.reset(0, 0, 0, 0);
  return random;
}

/** MurmurHash3_x86_128 of the four counters, seeded by the key: a bijection of the counters, so no two places of a key share a state. */
function putAt(state: Int32Array, key: number, a: number, b: number, c: number, d: number): void {
  a = Math.imul(a, 0x239b961b);
  let h1 = key ^ Math.imul((a << 15) | (a >>> 17), 0xab0e9789);
  h1 = (h1 << 19) | (h1 >>> 13);
  h1 = (Math.imul((h1 + key) | 0, 5) + 0x561ccd1b) | 0;
  b = Math.imul(b, 0xab0e9789);
  let h2 = key ^ Math.imul((b << 16) | (b >>> 16), 0x38b34ae5);
  h2 = (h2 << 17) | (h2 >>> 15);
  h2 = (Math.imul((h2 + key) | 0, 5) + 0x0bcaa747) | 0;
  c = Math.imul(c, 0x38b34ae5);
  let h3 = key ^ Math.imul((c << 17) | (c >>> 15), 0xa1e38b93);
  h3 = (h3 << 15) | (h3 >>> 17);
  h3 = (Math.imul((h3 + key) | 0, 5) + 0x96cd1c35) | 0;
  d = Math.imul(d, 0xa1e38b93);
  let h4 = key ^ Math.imul((d << 18) | (d >>> 14), 0x239b961b);
  h4 = (h4 << 13) | (h4 >>> 19);
  h4 = (Math.imul((h4 + h1) | 0, 5) + 0x32ac3b17) | 0;
  h1 ^= 16;
  h2 ^= 16;
  h3 ^= 16;
  h4 ^= 16;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish((h2 + h1) | 0);
  h3 = finish((h3 + h1) | 0);
  h4 = finish((h4 + h1) | 0);
  h1 = finish(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  state[0] = h1;
  state[1] = h2 + h1;
  state[2] = h3 + h1;
  state[3] = h4 + h1;
}

function poissonByInversion(mean: number, uniform: number): number {
  let probability = exp(-mean);
  let count = 0;
  // A mean below 16 has less than 2^-33 above 60; the bound only keeps rounding from looping.
  while (uniform > probability && count < 100) {
    uniform -= probability;
    probability *= mean / ++count;
  }
  return count;
}

function poissonByRejection(mean: number, open: () => number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const acceptance = 0.9277 - 3.6224 / (b - 2);
  const logMean = log(mean);
  for (;;) {
    const u = open() - 0.5;
    const v = open();
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= acceptance) return count;
    if (count < 0 || (distance < 0.013 && v > distance)) continue;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    if (log((v * inverseAlpha) / (a / (distance * distance) + b)) <= count * logMean - mean - logFactorial(count)) return count;
  }
}

/** log(n!), by Stirling's series from 10 on: relative error below 1e-12. */
function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return log(product);
  }
  const x = n + 1;
  const inverse = 1 / x;
  const square = inverse * inverse;
  return (x - 0.5) * log(x) - x + 0.9189385332046727 + inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
}
