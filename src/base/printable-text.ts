/**
 * Control characters, line and paragraph separators, and the marks that turn the direction of text around: what a
 * terminal obeys rather than shows.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from a file, fit for a message on a terminal: each control character becomes a dot, every other character, of
 * whatever script, stays. For one line; line ends become dots too.
 *
 * @param charactersMax Cut there with an ellipsis. Default: not cut.
 */
export function printableText(text: string, charactersMax = Infinity): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
  return cut.replace(UNPRINTABLE, '.');
}
