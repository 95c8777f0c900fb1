import type { CounterRandom } from '../../base/counter-random.ts';
import type { Instrument } from '../markets/instruments.ts';
import { CHINESE } from './chinese-phrases.ts';
import { CHINESE_TOPICS } from './chinese-topics.ts';
import { ENGLISH } from './english-phrases.ts';
import { ENGLISH_TOPICS, type TopicWords } from './english-topics.ts';
import type { Language } from './languages.ts';
import type { PhraseBook } from './phrase-book.ts';
import type { PostKind } from './post-kinds.ts';
import { fillTemplate, parseTemplate, type Template } from './template.ts';
import { TOPICS, type TopicId } from './topics.ts';

/** What a post is to say. All of it can be told from the text, more or less: a model has something to learn. */
export interface PostPlan {
  /** Code in `TOPICS`. */
  readonly topic: number;
  readonly kind: PostKind;
  /** Instruments that it mentions; none is fine. */
  readonly instruments: readonly Pick<Instrument, 'base' | 'nameEn' | 'nameZh'>[];
  /** −1 prices will fall, 1 they will rise, 0 neither. */
  readonly stance: -1 | 0 | 1;
  /** 0 to 1: sources, numbers and limits rather than filler. */
  readonly quality: number;
  /** 0 to 1: promises, urgency, capitals, emoji. */
  readonly hype: number;
  readonly language: Language;
  /** What a lead trader reports, simple return; drawn where a leader's report has none. */
  readonly leaderReturn?: number;
}

/** A post as it is read. */
export interface PostText {
  readonly title: string;
  readonly text: string;
  /** The topic's id, then symbols of the instruments in lower case. */
  readonly tags: readonly string[];
}

const SLOTS = [
  'coin',
  'ticker',
  'TICKER',
  'thing',
  'Thing',
  'thing2',
  'event',
  'Event',
  'lesson',
  'source',
  'emoji',
  'return',
  'pct',
  'small',
  'fraction',
  'share',
  'big',
  'count',
  'days',
  'digit',
] as const;
type Slot = (typeof SLOTS)[number];
type Phrases = readonly Template<Slot>[];

interface Book {
  readonly titles: Readonly<Record<PostKind, Phrases>>;
  readonly openings: Readonly<Record<PostKind, Phrases>>;
  readonly stances: readonly [bearish: Phrases, neutral: Phrases, bullish: Phrases];
  readonly evidence: Phrases;
  readonly filler: Phrases;
  readonly hype: Phrases;
  readonly hypeTitles: Phrases;
  readonly sources: readonly string[];
  readonly join: string;
  /** By code of topic. */
  readonly topics: readonly { readonly things: readonly string[]; readonly events: Phrases; readonly lessons: readonly string[] }[];
}

const parse = (phrases: readonly string[]): Phrases => phrases.map((phrase) => parseTemplate<Slot>(phrase, SLOTS));

function parseKinds(kinds: Readonly<Record<PostKind, readonly string[]>>): Readonly<Record<PostKind, Phrases>> {
  return Object.fromEntries(Object.entries(kinds).map(([kind, phrases]) => [kind, parse(phrases)])) as unknown as Record<PostKind, Phrases>;
}

function openBook(book: PhraseBook, topics: Readonly<Record<TopicId, TopicWords>>): Book {
  return {
    titles: parseKinds(book.titles),
    openings: parseKinds(book.openings),
    stances: [parse(book.stances.bearish), parse(book.stances.neutral), parse(book.stances.bullish)],
    evidence: parse(book.evidence),
    filler: parse(book.filler),
    hype: parse(book.hype),
    hypeTitles: parse(book.hypeTitles),
    sources: book.sources,
    join: book.join,
    topics: TOPICS.map(({ id }) => {
      const { things, events, lessons } = topics[id as TopicId];
      return { things, events: parse(events), lessons };
    }),
  };
}

const BOOKS: Readonly<Record<Language, Book>> = { en: openBook(ENGLISH, ENGLISH_TOPICS), zh: openBook(CHINESE, CHINESE_TOPICS) };
const EMOJI = ['🚀', '🔥', '💎', '🌕', '💰', '📈', '⚡', '😱'];

/**
 * Writes a post from what it is to say. The same plan and the same place of the stream give the same text; some 20 integers are drawn. The
 * sentences: an opening that shows kind and topic, the stance, two that show quality, up to two of hype, and the symbols of all instruments. A few
 * microseconds.
 */
export function writePost(random: CounterRandom, plan: PostPlan): PostText {
  if (plan.kind === 'leader-report' && plan.leaderReturn === undefined) plan = { ...plan, leaderReturn: 0.1 * random.normal() };
  const book = BOOKS[plan.language];
  const fill = (slot: Slot) => fillSlot(random, plan, book, slot);
  const say = (phrases: Phrases) => fillTemplate(pick(random, phrases), fill);
  const loud = random.next() < plan.hype * plan.hype;
  let title = say(loud ? book.hypeTitles : book.titles[plan.kind]);
  let text = say(book.openings[plan.kind]);
  const add = (sentence: string) => (text += book.join + sentence);
  // One who shouts says it first.
  if (random.next() < plan.hype) add(say(book.hype));
  add(say(book.stances[plan.stance + 1]!));
  const first = pick(random, random.next() < plan.quality ? book.evidence : book.filler);
  add(fillTemplate(first, fill));
  // Nobody says the same thing twice in a row.
  add(fillTemplate(pickOther(random, random.next() < plan.quality ? book.evidence : book.filler, first), fill));
  if (random.next() < plan.hype) add(say(book.hype));
  if (loud && random.next() < plan.hype) title = title.toUpperCase();
  for (const { base } of plan.instruments) text += ` $${base}`;
  return { title, text, tags: [TOPICS[plan.topic]!.id, ...plan.instruments.map(({ base }) => base.toLowerCase())] };
}

function pick<T>(random: CounterRandom, from: readonly T[]): T {
  return from[random.integer(from.length)]!;
}

/** One of several, not `other`. One integer. */
function pickOther<T>(random: CounterRandom, from: readonly T[], other: T): T {
  const taken = from.indexOf(other);
  if (taken < 0) return pick(random, from);
  const at = random.integer(from.length - 1);
  return from[at < taken ? at : at + 1]!;
}

function fillSlot(random: CounterRandom, plan: PostPlan, book: Book, slot: Slot): string {
  const words = book.topics[plan.topic]!;
  switch (slot) {
    case 'thing':
    case 'thing2':
      return pick(random, words.things);
    case 'Thing':
      return capitalised(pick(random, words.things));
    case 'event':
      return fillTemplate(pick(random, words.events), (inner) => fillSlot(random, plan, book, inner));
    case 'Event':
      return capitalised(fillSlot(random, plan, book, 'event'));
    case 'lesson':
      return pick(random, words.lessons);
    case 'coin':
    case 'ticker':
    case 'TICKER':
      return nameOf(random, plan, slot);
    case 'source':
      return pick(random, book.sources);
    case 'emoji':
      return pick(random, EMOJI);
    case 'return':
      return percent(plan.leaderReturn ?? 0);
    default:
      return numberFor(random, slot);
  }
}

function nameOf(random: CounterRandom, plan: PostPlan, slot: 'coin' | 'ticker' | 'TICKER'): string {
  const topic = TOPICS[plan.topic]!;
  if (plan.instruments.length === 0) return plan.language === 'en' ? topic.nameEn : topic.nameZh;
  const { base, nameEn, nameZh } = pick(random, plan.instruments);
  if (slot !== 'coin') return slot === 'ticker' ? `$${base}` : base;
  return random.next() < 0.4 ? base : plan.language === 'en' ? nameEn : nameZh;
}

function numberFor(random: CounterRandom, slot: string): string {
  switch (slot) {
    case 'pct':
      return String(3 + random.integer(38));
    case 'small':
      return `${random.integer(3)}.${1 + random.integer(9)}`;
    case 'fraction':
      return `0.${1 + random.integer(9)}`;
    case 'share':
      return String(35 + random.integer(40));
    case 'big':
      return String(10 * (1 + random.integer(20)));
    case 'days':
      return String(2 + random.integer(60));
    case 'digit':
      return String(3 + random.integer(6));
    default:
      return String(12 + random.integer(900));
  }
}

function percent(share: number): string {
  const tenths = Math.round(share * 1000);
  return `${tenths < 0 ? '-' : '+'}${Math.floor(Math.abs(tenths) / 10)}.${Math.abs(tenths) % 10}%`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
