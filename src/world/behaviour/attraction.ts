import { featureIndexOf, NEEDED_BITS, PLATFORM_FEATURES, type PlatformFeature } from '../platform/platform-features.ts';
import { livingPostOf } from '../content/posts.ts';
import { findTie, hasSeen, HOLDINGS_MAX, interestIn, NONE, RECENT_TOPICS, type People } from '../population/people.ts';
import {
  DISCOVER,
  FEED,
  HEDGE,
  HUB,
  INSTRUMENT_PAGE,
  KIND_FIT,
  MONITOR,
  SEARCH,
  TRADE,
} from '../population/intents.ts';
import type { PageItem } from '../policy.ts';
import type { WorldState } from '../world-state.ts';
import { POST_KINDS } from '../writing/post-kinds.ts';
import { TOPICS } from '../writing/topics.ts';
import { logistic } from '../../base/portable-math.ts';

const HOUR_MS = 3_600_000;

const NEWS = POST_KINDS.indexOf('news');

/** Logits of a click on a look, before anything speaks for an item: by surface, in order of SURFACES. */
const POST_BASE: readonly number[] = [-4.6, -3.1, -4.2, -5];
const FEATURE_BASE: readonly number[] = [-5.2, -3.4, -5, -3.4];
const INSTRUMENT_BASE: readonly number[] = [-5, -3.1, -4.3, -4.6];

/** Pull of an instrument's card by intent, in order of INTENTS. */
const INSTRUMENT_PULL: readonly number[] = [0, 1.1, 0.6, 1.7, 1.2, 0.2, -0.6, -0.8];

/** What a match with what was searched for adds, and what its lack takes away. */
const SOUGHT = 2.6;
const NOT_SOUGHT = -1.4;

/** Hours in which a focus (what was read, searched or traded last) falls to a half. */
const FOCUS_HALF_HOURS = 12;

/** Code of the feature topic, by feature. */
const FEATURE_TOPIC: readonly number[] = PLATFORM_FEATURES.map(({ topic }) => TOPICS.findIndex(({ id }) => id === topic));

/** An item as this world knows it. `post`: the number of a living post; `feature`, `instrument`: an index. */
export type Seen =
  | { readonly kind: 'post'; readonly index: number }
  | { readonly kind: 'feature'; readonly index: number }
  | { readonly kind: 'instrument'; readonly index: number };

/** The item behind a page's place, or null where there is none (any more). */
export function recognise(state: WorldState, { kind, id }: Pick<PageItem, 'kind' | 'id'>): Seen | null {
  switch (kind) {
    case 'content': {
      const number = livingPostOf(state.posts, id);
      return number === NONE ? null : { kind: 'post', index: number };
    }
    case 'feature': {
      const index = featureIndexOf(id);
      return index === undefined ? null : { kind: 'feature', index };
    }
    case 'instrument': {
      const index = state.subjects.instrumentIndex.get(id);
      return index === undefined ? null : { kind: 'instrument', index };
    }
  }
}

/**
 * Chance that user `u` clicks an item that they look at on a surface (by code), now. The user's state does not change while
 * a page is read, only after it, so this is exact for all items of one page.
 */
export function clickChance(state: WorldState, u: number, item: Seen, surface: number, timeMs: number): number {
  switch (item.kind) {
    case 'post':
      return logistic(postLogit(state, u, item.index, surface, timeMs));
    case 'feature':
      return logistic(featureLogit(state, u, item.index, surface, timeMs));
    case 'instrument':
      return logistic(instrumentLogit(state, u, item.index, surface, timeMs));
  }
}

/** Strength of the user's focus now, 0 to 1. */
export function focusStrength(people: People, u: number, timeMs: number): number {
  return 1 / (1 + (timeMs - people.focusMs[u]!) / (FOCUS_HALF_HOURS * HOUR_MS));
}

/** Whether the user holds an instrument, or one derived from it. */
export function holds(state: WorldState, u: number, instrument: number): boolean {
  const { people, markets } = state;
  for (let slot = u * HOLDINGS_MAX; slot < (u + 1) * HOLDINGS_MAX; slot++) {
    const held = people.heldInstrument[slot]!;
    if (held !== NONE && (held === instrument || markets.instruments[held]!.underlying === instrument)) return true;
  }
  return false;
}

function focusOn(people: People, u: number, topic: number, timeMs: number): number {
  const focus = people.focusTopic[u]!;
  if (focus === NONE) return 0;
  if (focus === topic) return focusStrength(people, u, timeMs);
  return TOPICS[focus]!.related.includes(topic) ? 0.2 * focusStrength(people, u, timeMs) : 0;
}

function fatigueOf(people: People, u: number, topic: number): number {
  let count = 0;
  for (let at = u * RECENT_TOPICS; at < (u + 1) * RECENT_TOPICS; at++) if (people.recentTopics[at] === topic) count++;
  // Some of a topic is no bother; a row of it is.
  return count <= 2 ? 0 : (count - 2) / RECENT_TOPICS;
}

function postLogit(state: WorldState, u: number, number: number, surface: number, timeMs: number): number {
  const { people, posts, visits } = state;
  const row = number % posts.capacity;
  const topic = posts.topic[row]!;
  const kind = posts.kind[row]!;
  const instrument = posts.instrument[row]!;
  let logit = POST_BASE[surface]! + 3.1 * interestIn(people, u, topic, timeMs) + 1.1 * KIND_FIT[people.intent[u]!]![kind]!;
  logit += 1.9 * focusOn(people, u, topic, timeMs) - 1.6 * fatigueOf(people, u, topic);
  // Who has seen much falls less for loud titles.
  const appeal = 0.55 * posts.quality[row]! + 0.5 * posts.hype[row]! * (1 - 0.6 * people.experience[u]!);
  logit += 1.8 * (appeal - 0.4);
  const tie = findTie(people, u, posts.author[row]!);
  if (tie !== NONE) logit += 1.3 * people.tieTrust[tie]! + 0.4 * people.tieFollows[tie]!;
  const ageHours = (timeMs - posts.createdMs[row]!) / HOUR_MS;
  logit += 0.9 / (1 + ageHours / (kind === NEWS ? 5 : 40)) - 0.4;
  if (instrument !== NONE) {
    if (holds(state, u, instrument)) logit += 1.1;
    if (people.focusInstrument[u] === instrument) logit += 0.8 * focusStrength(people, u, timeMs);
  }
  if ((people.languages[u]! & (1 << posts.language[row]!)) === 0) logit -= 5;
  if (hasSeen(people, u, number)) logit -= 2.5;
  if (surface === SEARCH) {
    const found =
      visits.soughtTopic[u] === topic || (visits.soughtInstrument[u] !== NONE && visits.soughtInstrument[u] === instrument);
    logit += found ? SOUGHT : NOT_SOUGHT;
  } else if (surface === INSTRUMENT_PAGE) {
    logit += visits.aboutInstrument[u] === instrument ? 1.5 : -1;
  }
  return logit;
}

function featureLogit(state: WorldState, u: number, f: number, surface: number, timeMs: number): number {
  const { people, visits } = state;
  const feature: PlatformFeature = PLATFORM_FEATURES[f]!;
  const intent = people.intent[u]!;
  let logit = FEATURE_BASE[surface]! + 2.6 * feature.pull[intent]! + 1.3 * interestIn(people, u, FEATURE_TOPIC[f]!, timeMs);
  logit += 0.9 * focusOn(people, u, FEATURE_TOPIC[f]!, timeMs);
  const adopted = (people.adopted[u]! & (1 << f)) !== 0;
  // A lesson done is done; what one has is opened by its button, not by a card.
  if (adopted) logit -= feature.lesson ? 3 : 1.5;
  else if (people.wantedFeature[u] === f) logit += 2.2;
  else if ((people.adopted[u]! & NEEDED_BITS[f]!) !== NEEDED_BITS[f]!) logit -= 0.4;
  if (surface !== HUB) logit -= 1.1 * people.cardFatigue[u]!;
  if (surface === SEARCH) logit += visits.soughtFeature[u] === f ? SOUGHT + 0.8 : NOT_SOUGHT;
  return logit;
}

function instrumentLogit(state: WorldState, u: number, i: number, surface: number, timeMs: number): number {
  const { people, visits, markets } = state;
  const { underlying, topic, kind } = markets.instruments[i]!;
  let logit = INSTRUMENT_BASE[surface]! + INSTRUMENT_PULL[people.intent[u]!]! + 1.8 * interestIn(people, u, topic, timeMs);
  logit += 0.7 * focusOn(people, u, topic, timeMs) + 0.35 * (Math.min(4, state.heats[underlying]!) - 1);
  if (holds(state, u, underlying)) logit += 1.2;
  if (people.focusInstrument[u] === underlying) logit += 1.5 * focusStrength(people, u, timeMs);
  if (kind !== 'spot') logit += people.intent[u] === HEDGE || people.intent[u] === TRADE ? 2 * (people.experience[u]! - 0.5) : -0.8;
  if (surface !== SEARCH) logit -= 0.6 * people.cardFatigue[u]!;
  if (surface === SEARCH) logit += visits.soughtInstrument[u] === underlying ? SOUGHT : NOT_SOUGHT;
  if (surface === FEED && people.intent[u] !== MONITOR && people.intent[u] !== DISCOVER) logit -= 0.2;
  return logit;
}

/** Chance that a click on a post satisfies: quality and fit, against what was promised. */
export function satisfyChance(state: WorldState, u: number, number: number, timeMs: number): number {
  const { people, posts } = state;
  const row = number % posts.capacity;
  const quality = posts.quality[row]!;
  const topic = posts.topic[row]!;
  let logit = -1.1 + 4 * (quality - 0.4) + 1.6 * interestIn(people, u, topic, timeMs);
  logit += 0.8 * KIND_FIT[people.intent[u]!]![posts.kind[row]!]! - 1.8 * Math.max(0, posts.hype[row]! - quality);
  if ((people.languages[u]! & (1 << posts.language[row]!)) === 0) logit -= 3;
  return logistic(logit);
}
