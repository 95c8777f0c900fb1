import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import { exp, pow } from '../../base/portable-math.ts';
import type { WorldSettings } from '../world-settings.ts';
import { ARCHETYPES } from './archetypes.ts';
import { findTie, makeTie, NONE, type People } from './people.ts';

/** Authors as columns; author `a` is user `a`. */
export interface Authors {
  readonly count: number;
  /** What their posts are worth to a reader, 0 to 1. */
  readonly skill: Float32Array;
  /** 0 lies for a profit, 1 never does. */
  readonly honesty: Float32Array;
  /** Two topics each. */
  readonly niches: Uint8Array;
  /** 0 English, 1 Chinese. */
  readonly language: Uint8Array;
  /** Posts a day. */
  readonly rate: Float32Array;
  /** Running sums of `rate`, for drawing one. */
  readonly rateSums: Float64Array;
  /** How well known from the start; the pull of the social graph. */
  readonly fame: Float32Array;
  readonly followers: Int32Array;
  /** 1: their trades can be copied. */
  readonly leads: Uint8Array;
  /** Growth of a leader's account a day that skill brings. */
  readonly edge: Float32Array;
  /** Growth of a leader's account since the start, as a factor. */
  readonly record: Float64Array;
  /** Running campaign, or -1. */
  readonly campaign: Int32Array;
}

/** How far fame falls off by rank. Audiences are Zipf: Kwak et al. 2010, "What is Twitter, a social network or a news media?", WWW. */
const FAME_EXPONENT = 0.9;

/** The authors among the users: the first `authors` of them, the first `leaders` of those lead. */
export function createAuthors(settings: WorldSettings, seed: number | string, people: People, topicIds: readonly string[]): Authors {
  const count = settings.authors;
  const authors: Authors = {
    count,
    skill: new Float32Array(count),
    honesty: new Float32Array(count),
    niches: new Uint8Array(count * 2),
    language: new Uint8Array(count),
    rate: new Float32Array(count),
    rateSums: new Float64Array(count),
    fame: new Float32Array(count),
    followers: new Int32Array(count),
    leads: new Uint8Array(count),
    edge: new Float32Array(count),
    record: new Float64Array(count).fill(1),
    campaign: new Int32Array(count).fill(NONE),
  };
  const key = deriveKey(seed, 'authors');
  const random = createCounterRandom();
  let sum = 0;
  for (let a = 0; a < count; a++) {
    random.reset(key, a, 0, 0);
    authors.leads[a] = a < settings.leaders ? 1 : 0;
    authors.skill[a] = clamp(0.5 + 0.22 * random.normal());
    // One in five would take part in a pump; always some, so that small worlds know harm too.
    authors.honesty[a] = random.next() < 0.2 || a % 8 === 7 ? 0.25 * random.next() : 0.6 + 0.4 * random.next();
    // Niches come from the kind of person they are, so that supply meets demand; some write about anything.
    const topics = ARCHETYPES[people.archetype[a]!]!.topics;
    for (let place = 0; place < 2; place++) {
      const own = topicIds.indexOf(topics[random.integer(topics.length)]!);
      const any = random.integer(topicIds.length);
      authors.niches[a * 2 + place] = random.next() < 0.7 ? own : any;
    }
    if (authors.leads[a] === 1) authors.niches[a * 2 + 1] = topicIds.indexOf('copy-trading');
    authors.language[a] = people.firstLanguage[a]!;
    // Better writers are somewhat better known, and luck does the rest.
    const rank = Math.floor(count * clamp(random.next() * 1.15 - 0.15 * authors.skill[a]!));
    authors.fame[a] = pow(rank + 2, -FAME_EXPONENT);
    const rate = settings.postsPerAuthorDay * exp(0.9 * random.normal() - 0.405);
    authors.rate[a] = Math.min(30, rate);
    authors.edge[a] = 0.004 * (authors.skill[a]! - 0.45) + 0.001 * random.normal();
    sum += authors.rate[a]!;
    authors.rateSums[a] = sum;
  }
  return authors;
}

/**
 * Who follows whom at the start: users follow a heavy-tailed number of authors, drawn by fame (preferential attachment:
 * Barabási & Albert 1999, Science 286), in a language they read, the best liked of three draws.
 */
export function drawFollows(seed: number | string, people: People, authors: Authors): void {
  const key = deriveKey(seed, 'follows');
  const random = createCounterRandom();
  const sums = new Float64Array(authors.count);
  let sum = 0;
  for (let a = 0; a < authors.count; a++) {
    sum += authors.fame[a]!;
    sums[a] = sum;
  }
  for (let u = 0; u < people.count; u++) {
    random.reset(key, u, 0, 0);
    const most = Math.min(people.tieSlots - 2, authors.count - 1);
    const wanted = Math.min(most, Math.floor(2 * pow(1 - random.next(), -1 / 1.3)) - 1);
    for (let turn = 0; turn < wanted; turn++) {
      let best = NONE;
      let bestLiking = -1;
      for (let draw = 0; draw < 3; draw++) {
        const a = random.categorical(sums);
        const liking = likingOf(people, authors, u, a);
        if (liking > bestLiking) {
          best = a;
          bestLiking = liking;
        }
      }
      if (best === NONE || best === u || findTie(people, u, best) !== NONE) continue;
      const tie = makeTie(people, u, best);
      people.tieFollows[tie] = 1;
      people.tieTrust[tie] = 0.15 + 0.3 * random.next();
      authors.followers[best]!++;
    }
  }
}

function likingOf(people: People, authors: Authors, u: number, a: number): number {
  if ((people.languages[u]! & (1 << authors.language[a]!)) === 0) return -2;
  const taste = u * people.topicCount;
  return people.taste[taste + authors.niches[a * 2]!]! + people.taste[taste + authors.niches[a * 2 + 1]!]!;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
