/**
 * Hashed n-grams: words, pairs of words and, for misspelt words and languages without spaces, character trigrams with word
 * boundaries (Bojanowski et al. 2017, "Enriching word vectors with subword information", section 3.2; hashing after
 * Weinberger et al. 2009). A text that was never seen still has grams that were.
 */

/** Sizes of {@link hashGrams}. */
export interface GramOptions {
  /** Rows of the embedding table, beside row 0 for none. */
  readonly buckets: number;
  /** Grams kept of a text: words, then pairs, then trigrams, in the order of the text. */
  readonly gramsMax: number;
}

/** Texts as rows of gram numbers, padded with 0. */
export interface GramRows {
  readonly count: number;
  readonly width: number;
  /** `[count, width]`, 0 for padding, bucket + 1. */
  readonly rows: Int32Array;
}

const WORD = /[\p{L}\p{N}]+/gu;
/** Letters of scripts written without spaces: each run is one "word" of the pattern above. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Shorter words have too few trigrams to tell them apart. */
const TRIGRAMS_FROM = 4;

/**
 * Grams of texts. Cost: linear in the text; a text's grams do not depend on the others.
 */
export function hashGrams(texts: readonly string[], options: GramOptions): GramRows {
  const { gramsMax, buckets } = options;
  const rows = new Int32Array(texts.length * gramsMax);
  for (let at = 0; at < texts.length; at++) {
    const found = new Set<number>();
    for (const gram of gramsOf(texts[at]!)) {
      found.add(1 + (hashOf(gram) % buckets));
      if (found.size === gramsMax) break;
    }
    let place = at * gramsMax;
    for (const gram of found) rows[place++] = gram;
  }
  return { count: texts.length, width: gramsMax, rows };
}

/** The grams of a text as text, before hashing; for tests and explanations. */
export function* gramsOf(text: string): Generator<string> {
  const words = text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
  for (const word of words) if (!UNSPACED.test(word)) yield word;
  for (let at = 1; at < words.length; at++) yield `${words[at - 1]} ${words[at]}`;
  for (const word of words) {
    const letters = Array.from(word);
    if (UNSPACED.test(word)) for (let at = 1; at < letters.length; at++) yield `${letters[at - 1]}${letters[at]}`;
    else if (letters.length < TRIGRAMS_FROM) continue;
    const bounded = ['<', ...letters, '>'];
    for (let at = 2; at < bounded.length; at++) yield bounded.slice(at - 2, at + 1).join('');
  }
}

/** A hash of text: FNV-1a over UTF-16 units, 31 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // FNV's low bits mix too little for a small modulus: fold the high ones in.
  return (hash ^ (hash >>> 15)) >>> 1;
}
