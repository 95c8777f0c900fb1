import type { WorldSettings } from '../world-settings.ts';

/** Places of instruments that a user can hold at once. */
export const HOLDINGS_MAX = 3;

/** Topics of the items that a user looked at last, for fatigue. */
export const RECENT_TOPICS = 12;

/** How a trading card works on a user: the four kinds of uplift modelling. The place in the list is the code. */
export const EFFECT_KINDS = ['lost-cause', 'persuadable', 'sure-thing', 'sleeping-dog'] as const;

/** One of the {@link EFFECT_KINDS}. */
export type EffectKind = (typeof EFFECT_KINDS)[number];

export const LOST_CAUSE = 0;
export const PERSUADABLE = 1;
export const SURE_THING = 2;
export const SLEEPING_DOG = 3;

/** Absent index, in all columns. */
export const NONE = -1;

/**
 * All users as columns: row `u` is user `u`. No object a user, so that a million fit in memory. `people` is who they are,
 * and what they have become; `visits.ts` holds what they are doing right now.
 */
export type People = ReturnType<typeof emptyPeople>;

/** Columns for the users of a world, still empty. */
export function emptyPeople({ users, followsMax, seenMax }: WorldSettings, topics: number) {
  return {
    count: users,
    topicCount: topics,
    tieSlots: followsMax,
    seenSlots: seenMax,

    // Who they are.
    place: new Uint8Array(users),
    tier: new Uint8Array(users),
    riskClass: new Uint8Array(users),
    /** Bit 0 English, bit 1 Chinese. */
    languages: new Uint8Array(users),
    /** 0 English, 1 Chinese. */
    firstLanguage: new Uint8Array(users),
    createdMs: new Float64Array(users),
    archetype: new Uint8Array(users),
    /** Sessions a day at usual satisfaction: a Pareto tail. */
    activity: new Float32Array(users),
    experience: new Float32Array(users),
    riskWish: new Float32Array(users),
    patience: new Float32Array(users),
    /** Liking for 24 topics, 0 to 255, row by row. */
    taste: new Uint8Array(users * topics),
    /** A topic that comes back every some days for a day or two, or 255. */
    recurringTopic: new Uint8Array(users),
    recurringPeriodDays: new Uint8Array(users),
    recurringPhaseDays: new Float32Array(users),
    effectKind: new Uint8Array(users),
    /** Strength of the effect of a card beside the kind's usual, about 1. */
    effectSize: new Float32Array(users),

    // What they have become.
    intent: new Uint8Array(users),
    intentUntilMs: new Float64Array(users),
    focusTopic: new Int16Array(users).fill(NONE),
    focusInstrument: new Int16Array(users).fill(NONE),
    focusMs: new Float64Array(users),
    satisfactionDay: new Float32Array(users),
    satisfactionWeek: new Float32Array(users),
    churned: new Uint8Array(users),
    lastVisitMs: new Float64Array(users),
    /** Integer minor units. */
    cash: new Float64Array(users),
    /** Losses that pumps and over-trading brought, minor units. */
    harm: new Float64Array(users),
    trades: new Uint32Array(users),
    heldInstrument: new Int16Array(users * HOLDINGS_MAX).fill(NONE),
    heldPrice: new Float64Array(users * HOLDINGS_MAX),
    /** Bought notional in minor units; negative: sold short. */
    heldNotional: new Float64Array(users * HOLDINGS_MAX),
    heldSinceMs: new Float64Array(users * HOLDINGS_MAX),
    /** Bought because of a pump. */
    heldPumped: new Uint8Array(users * HOLDINGS_MAX),
    copiedLeader: new Int32Array(users).fill(NONE),
    /** The feature or lesson that was missing when the user last wanted another, or -1. */
    wantedFeature: new Int8Array(users).fill(NONE),
    /** Bit f: feature f adopted (or lesson completed). */
    adopted: new Uint32Array(users),
    cardFatigue: new Float32Array(users),
    recentTopics: new Uint8Array(users * RECENT_TOPICS).fill(255),
    recentAt: new Uint8Array(users),
    /** Authors that the user follows or knows, with trust from -1 to 1. */
    tieAuthor: new Int32Array(users * followsMax).fill(NONE),
    tieTrust: new Float32Array(users * followsMax),
    tieFollows: new Uint8Array(users * followsMax),
    tieAt: new Uint16Array(users),
    /** Numbers of posts seen, a ring. */
    seenPost: new Int32Array(users * seenMax).fill(NONE),
    seenAt: new Uint16Array(users),
  };
}

/** The id of user `u`; authors are users, so an author's too. */
export function userIdOf(u: number): string {
  return `u${u}`;
}

/** The user of an id, or -1. */
export function userOf(id: string, count: number): number {
  if (!/^u(0|[1-9]\d*)$/.test(id)) return NONE;
  const u = Number(id.slice(1));
  return u < count ? u : NONE;
}

const DAY_MS = 86_400_000;

/** Days of a recurring interest's period in which it is awake. */
export const RECURRING_AWAKE_DAYS = 1.5;

/** Liking of user `u` for a topic at a moment, 0 to 1: taste, and the interest that comes back. */
export function interestIn(people: People, u: number, topic: number, timeMs: number): number {
  const taste = people.taste[u * people.topicCount + topic]! / 255;
  if (people.recurringTopic[u] !== topic) return taste;
  const period = people.recurringPeriodDays[u]!;
  const days = timeMs / DAY_MS + people.recurringPhaseDays[u]!;
  return days % period < RECURRING_AWAKE_DAYS ? 1 : taste * 0.3;
}

/** Whether the user has seen a post of late. */
export function hasSeen(people: People, u: number, post: number): boolean {
  const from = u * people.seenSlots;
  const until = from + people.seenSlots;
  for (let at = from; at < until; at++) if (people.seenPost[at] === post) return true;
  return false;
}

/** Remembers a post as seen. */
export function see(people: People, u: number, post: number): void {
  const at = people.seenAt[u]!;
  people.seenPost[u * people.seenSlots + at] = post;
  people.seenAt[u] = at + 1 === people.seenSlots ? 0 : at + 1;
}

/** Place of the tie of a user to an author in the columns `tie…`, or -1. */
export function findTie(people: People, u: number, author: number): number {
  const from = u * people.tieSlots;
  const until = from + people.tieSlots;
  for (let at = from; at < until; at++) if (people.tieAuthor[at] === author) return at;
  return NONE;
}

/** The tie of a user to an author, made where there is none; a tie in turn gives way, those without a follow first. */
export function makeTie(people: People, u: number, author: number): number {
  const known = findTie(people, u, author);
  if (known !== NONE) return known;
  const from = u * people.tieSlots;
  let slot = people.tieAt[u]!;
  for (let turn = 0; turn < people.tieSlots; turn++) {
    const at = (slot + turn) % people.tieSlots;
    if (people.tieFollows[from + at] === 0) {
      slot = at;
      break;
    }
  }
  people.tieAt[u] = (slot + 1) % people.tieSlots;
  people.tieAuthor[from + slot] = author;
  people.tieTrust[from + slot] = 0;
  people.tieFollows[from + slot] = 0;
  return from + slot;
}
