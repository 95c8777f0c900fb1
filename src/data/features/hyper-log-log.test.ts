import { expect, test } from 'vitest';
import { estimateDistinct, hashTerm, sketchMark } from './hyper-log-log.ts';

test('hashes with MD5, big-endian', () => {
  // RFC 1321, A.5: MD5("abc") = 900150983cd24fb0d6963f7d28e17f72
  expect(hashTerm('abc')).toEqual([0x90015098, 0x3cd24fb0]);
});

test('register: the top bits; rank: leading zeros of the rest + 1', () => {
  expect(sketchMark(0x90015098, 0x3cd24fb0, 4)).toEqual({ register: 9, rank: 12 });
  expect(sketchMark(0x90015098, 0x3cd24fb0, 16)).toEqual({ register: 0x9001, rank: 2 });
  expect(sketchMark(0xffff0000, 0x00000001, 16)).toEqual({ register: 0xffff, rank: 48 });
  expect(sketchMark(0xf0000000, 0x80000000, 4)).toEqual({ register: 15, rank: 29 });
  expect(sketchMark(0xf0000000, 0, 4)).toEqual({ register: 15, rank: 61 });
  expect(sketchMark(0, 0, 16)).toEqual({ register: 0, rank: 49 });
});

test('few terms are counted, many within three standard errors', () => {
  const precision = 12;
  const registers = new Uint8Array(2 ** precision);
  const estimateOf = () => {
    const registersOfRank = new Uint32Array(66);
    for (const rank of registers) registersOfRank[rank]!++;
    return estimateDistinct(registersOfRank);
  };
  expect(estimateOf()).toBe(0);
  let terms = 0;
  for (const goal of [1, 10, 1000, 100_000]) {
    while (terms < goal) {
      const { register, rank } = sketchMark(...hashTerm(`term ${terms++}`), precision);
      registers[register] = Math.max(registers[register]!, rank);
    }
    const error = Math.abs(estimateOf() - goal);
    expect(error).toBeLessThanOrEqual(goal <= 10 ? 0 : (3 * 1.04 * goal) / Math.sqrt(2 ** precision));
  }
});

test('the largest ranks do not overflow', () => {
  const registersOfRank = new Uint32Array(66);
  registersOfRank[61] = 16;
  expect(estimateDistinct(registersOfRank)).toBe(0.673 * 16 * 2 ** 61);
});
