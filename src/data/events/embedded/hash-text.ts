/** The hash that {@link hashText} last made: four unsigned 32-bit words. Overwritten by the next call. */
export const TEXT_HASH = new Uint32Array(4);

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/**
 * MurmurHash3 x86 128-bit (Appleby 2011) of a text's UTF-16 code units, little-endian, seed 0, into {@link TEXT_HASH}. Not for
 * secrets. About 2 ns a character.
 */
export function hashText(text: string): void {
  const { length } = text;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    h1 ^= Math.imul(rotate(Math.imul(pair(text, at), C1), 15), C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(pair(text, at + 2), C2), 16), C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(pair(text, at + 4), C3), 17), C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(pair(text, at + 6), C4), 18), C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const left = length - at;
  if (left > 6) h4 ^= Math.imul(rotate(Math.imul(text.charCodeAt(at + 6), C4), 18), C1);
  if (left > 4) h3 ^= Math.imul(rotate(Math.imul(left > 5 ? pair(text, at + 4) : text.charCodeAt(at + 4), C3), 17), C4);
  if (left > 2) h2 ^= Math.imul(rotate(Math.imul(left > 3 ? pair(text, at + 2) : text.charCodeAt(at + 2), C2), 16), C3);
  if (left > 0) h1 ^= Math.imul(rotate(Math.imul(left > 1 ? pair(text, at) : text.charCodeAt(at), C1), 15), C2);
  const bytes = length * 2;
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  TEXT_HASH[0] = h1;
  TEXT_HASH[1] = h2 + h1;
  TEXT_HASH[2] = h3 + h1;
  TEXT_HASH[3] = h4 + h1;
}

function pair(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function finish(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
