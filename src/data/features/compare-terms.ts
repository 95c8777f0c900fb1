/**
 * Order of terms by code point, which is the order of their UTF-8 bytes and so what SQL engines sort by. JavaScript's
 * own order is by UTF-16 code unit and puts emoji before U+E000 to U+FFFF. @returns below 0, 0 or above 0
 */
export function compareTerms(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    const aSurrogate = a >= 0xd800 && a <= 0xdfff;
    const bSurrogate = b >= 0xd800 && b <= 0xdfff;
    // Two halves of pairs compare like the pairs; one half stands for a code point above all that need no pair.
    return aSurrogate === bSurrogate ? a - b : aSurrogate ? 1 : -1;
  }
  return left.length - right.length;
}
