import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wildTextArbitrary } from '../some-event.fixture.ts';
import { hashText, TEXT_HASH } from './hash-text.ts';

const MASK = 0xffff_ffffn;
const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) & MASK;

/** MurmurHash3_x86_128 as its author writes it, byte by byte, on big integers. */
function murmur(bytes: Buffer): number[] {
  const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n];
  const turns = [15n, 16n, 17n, 18n];
  const after = [19n, 17n, 15n, 13n];
  const plus = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n];
  const h = [0n, 0n, 0n, 0n];
  const mixed = (word: bigint, lane: number) => (rotate((word * c[lane]!) & MASK, turns[lane]!) * c[(lane + 1) % 4]!) & MASK;
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    for (let lane = 0; lane < 4; lane++) {
      h[lane]! ^= mixed(BigInt(bytes.readUInt32LE(at + lane * 4)), lane);
      h[lane] = ((rotate(h[lane]!, after[lane]!) + h[(lane + 1) % 4]!) * 5n + plus[lane]!) & MASK;
    }
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, whole);
  for (let lane = 0; lane < 4; lane++) h[lane]! ^= mixed(BigInt(tail.readUInt32LE(lane * 4)), lane);
  const spread = () => {
    h[0] = (h[0]! + h[1]! + h[2]! + h[3]!) & MASK;
    for (let lane = 1; lane < 4; lane++) h[lane] = (h[lane]! + h[0]!) & MASK;
  };
  for (let lane = 0; lane < 4; lane++) h[lane]! ^= BigInt(bytes.length);
  spread();
  for (let lane = 0; lane < 4; lane++) {
    let word = h[lane]!;
    word = ((word ^ (word >> 16n)) * 0x85ebca6bn) & MASK;
    word = ((word ^ (word >> 13n)) * 0xc2b2ae35n) & MASK;
    h[lane] = word ^ (word >> 16n);
  }
  spread();
  return h.map(Number);
}

describe('hashText', () => {
  it('is MurmurHash3 x86 128-bit of the code units', () => {
    // The published sum of the seed 0 of "The quick brown fox …" guards the oracle itself.
    expect(murmur(Buffer.from('The quick brown fox jumps over the lazy dog')).map((word) => word.toString(16))).toEqual([
      '2f1583c3',
      'ecee2c67',
      '5d7bf66c',
      'e5e91d2c',
    ]);
    const texts = fc.oneof(wildTextArbitrary, fc.string({ maxLength: 60 }), fc.uuid());
    fc.assert(
      fc.property(texts, (text) => {
        hashText(text);
        expect([...TEXT_HASH]).toEqual(murmur(Buffer.from(text, 'utf16le')));
      }),
    );
  });
});
