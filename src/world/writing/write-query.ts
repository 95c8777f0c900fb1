import type { CounterRandom } from '../../base/counter-random.ts';
import type { Instrument } from '../markets/instruments.ts';
import type { Language } from './languages.ts';
import { QUERY_WORDS } from './query-words.ts';
import { TOPICS, type TopicId } from './topics.ts';
import { makeTypo } from './typos.ts';

/** What somebody looks for; the first that is given of feature, instrument and topic is named, a longer query names a second. */
export interface QueryPlan {
  /** Code in `TOPICS`. */
  readonly topic: number | null;
  readonly instrument: Pick<Instrument, 'base' | 'nameEn' | 'nameZh' | 'kind'> | null;
  readonly feature: { readonly nameEn: string; readonly nameZh: string } | null;
  readonly language: Language;
  /** Expected slips of the keyboard (a Poisson mean, at most 3 happen). */
  readonly typos: number;
  /** A refined query: says more. */
  readonly more: boolean;
}

/** A query as it is typed, and as it was meant. */
export interface QueryText {
  readonly text: string;
  readonly cleanText: string;
}

const KIND_WORDS = {
  en: { spot: 'spot', perpetual: 'perpetual', futures: 'futures', option: 'option', structured: 'dual currency' },
  zh: { spot: '现货', perpetual: '永续', futures: '交割', option: '期权', structured: '双币赢' },
} as const;
const MORE = {
  en: ['price', 'today', 'guide', 'how to', 'explained', 'risk', 'news'],
  zh: ['价格', '今天', '教程', '怎么做', '是什么', '风险', '新闻'],
} as const;
/** A Chinese reader types the Latin symbol of a coin as often as not. */
const SYMBOL_CHANCE = { en: 0.65, zh: 0.5 } as const;

/** Writes a query and what it was meant to be; see {@link writeQuery}. */
export function writeQueryText(random: CounterRandom, plan: QueryPlan): QueryText {
  const join = plan.language === 'en' ? ' ' : '';
  const names = [featureName(plan), instrumentName(random, plan), topicName(random, plan)].filter((name) => name !== '');
  let cleanText = names[0] ?? MORE[plan.language][0];
  if (plan.more) {
    if (names[1] !== undefined && random.next() < 0.5) cleanText += ` ${names[1]}`;
    else if (plan.instrument !== null && plan.feature === null && random.next() < 0.4)
      cleanText += join + KIND_WORDS[plan.language][plan.instrument.kind];
    else cleanText += join + MORE[plan.language][random.integer(MORE[plan.language].length)]!;
  }
  let text = cleanText;
  for (let slips = Math.min(3, random.poisson(plan.typos)); slips > 0; slips--) text = makeTypo(random, text);
  return { text, cleanText };
}

/** Writes a query as it is typed: short, lower case, with slips. The same plan and place of the stream give the same query. About a microsecond. */
export function writeQuery(random: CounterRandom, plan: QueryPlan): string {
  return writeQueryText(random, plan).text;
}

function featureName({ feature, language }: QueryPlan): string {
  if (feature === null) return '';
  return language === 'en' ? feature.nameEn.toLowerCase() : feature.nameZh;
}

function instrumentName(random: CounterRandom, { instrument, language }: QueryPlan): string {
  if (instrument === null) return '';
  if (random.next() < SYMBOL_CHANCE[language]) return instrument.base.toLowerCase();
  return language === 'en' ? instrument.nameEn.toLowerCase() : instrument.nameZh;
}

function topicName(random: CounterRandom, { topic, language }: QueryPlan): string {
  if (topic === null) return '';
  const words = QUERY_WORDS[TOPICS[topic]!.id as TopicId][language === 'en' ? 0 : 1];
  // The commonest word half of the time.
  return random.next() < 0.5 ? words[0]! : words[random.integer(words.length)]!;
}
