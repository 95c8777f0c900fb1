import { ASSETS_MAX, chooseAssets } from '../markets/assets.ts';
import { QUERY_WORDS } from './query-words.ts';
import { TOPICS, type TopicId } from './topics.ts';

/** What a query names. */
export interface QueryMeaning {
  /** Codes in `TOPICS`, rising. */
  readonly topics: readonly number[];
  /** Symbols of assets, in order of their size. */
  readonly instruments: readonly string[];
}

const ASSETS = chooseAssets(ASSETS_MAX);
/** Most Latin words, and most characters of Chinese, in a name. */
const WORDS_MAX = 3;
const CHARACTERS_MAX = 8;
/** What is looked at of a query. */
const QUERY_MAX = 200;

/** Codes of what a name names: topics as they are, assets after them. */
const NAMES = new Map<string, number[]>();
for (const [topic, { id, nameEn, nameZh }] of TOPICS.entries()) {
  for (const name of new Set([id, nameEn.toLowerCase(), nameZh, ...QUERY_WORDS[id as TopicId].flat()])) learn(name, topic);
}
for (const [at, { base, nameEn, nameZh }] of ASSETS.entries()) {
  for (const name of new Set([base.toLowerCase(), nameEn.toLowerCase(), nameZh])) learn(name, TOPICS.length + at);
}

function learn(name: string, code: number): void {
  const known = NAMES.get(name);
  if (known === undefined) NAMES.set(name, [code]);
  else known.push(code);
}

/**
 * What a plain keyword search finds in a query: topics and assets of which a name stands in it, Latin names as whole words (of BTC-USDT the first
 * part too), Chinese ones anywhere. No slip is forgiven: that is a better search's task. Looks at the first 200 characters.
 */
export function readQuery(query: string): QueryMeaning {
  const typed = query.slice(0, QUERY_MAX).toLowerCase();
  const found = new Set<number>();
  const look = (name: string) => {
    for (const code of NAMES.get(name) ?? []) found.add(code);
  };
  const words = typed.match(/[a-z0-9.-]+/g) ?? [];
  for (let from = 0; from < words.length; from++) {
    let name = words[from]!;
    look(name);
    if (name.includes('-')) look(name.slice(0, name.indexOf('-')));
    for (let to = from + 1; to < Math.min(words.length, from + WORDS_MAX); to++) look((name += ` ${words[to]!}`));
  }
  // Chinese is written without spaces, and some of its names are partly Latin.
  if (/[^\x20-\x7e]/.test(typed)) {
    for (let from = 0; from < typed.length; from++) {
      for (let length = 2; length <= CHARACTERS_MAX && from + length <= typed.length; length++) {
        const name = typed.slice(from, from + length);
        if (/[^\x20-\x7e]/.test(name)) look(name);
      }
    }
  }
  const codes = [...found].toSorted((a, b) => a - b);
  return {
    topics: codes.filter((code) => code < TOPICS.length),
    instruments: codes.filter((code) => code >= TOPICS.length).map((code) => ASSETS[code - TOPICS.length]!.base),
  };
}
