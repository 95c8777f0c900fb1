import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { rulesNamed } from './eligibility.ts';

/** Something the platform lets users do. */
export interface PlatformFeature {
  /** Place in {@link PLATFORM_FEATURES}, and bit of `People.adopted`. */
  readonly index: number;
  readonly id: string;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly text: string;
  /** Id of the topic that its users care about. */
  readonly topic: string;
  /** Pull by intent, in order of INTENTS, 0 to 1. */
  readonly pull: readonly number[];
  /** Showing it may bring about a trade, or drive one away. */
  readonly trading: boolean;
  /** A lesson is completed, everything else adopted. */
  readonly lesson: boolean;
  /** Ids of features to adopt, or lessons to complete, first. */
  readonly needs: readonly string[];
  readonly ruleNames: readonly string[];
  readonly rules: readonly EligibilityRule[];
}

const NO = 0;

/** What the platform offers, in order of the bits of `People.adopted`; at most 32. */
export const PLATFORM_FEATURES: readonly PlatformFeature[] = [
  // learn, monitor, discover, trade, hedge, earn, socialise, get-help
  trade('spot', 'Spot trading', '现货交易', 'Buy and sell coins at the market.', 'bitcoin', [0.1, 0.1, 0.3, 0.9, 0.1, 0.1, NO, NO], [], ['identity-basic']),
  trade('convert', 'Convert', '闪兑', 'Swap one coin for another at a quoted price.', 'stablecoins', [NO, NO, 0.2, 0.6, 0.2, 0.2, NO, 0.1], [], ['identity-basic']),
  trade('margin', 'Margin trading', '杠杆交易', 'Borrow to trade larger.', 'strategy', [NO, NO, 0.1, 0.6, 0.2, NO, NO, NO], ['spot', 'lesson-risk'], ['identity-full', 'derivatives']),
  trade('perpetual', 'Perpetual swaps', '永续合约', 'Trade without expiry, with leverage and funding.', 'derivatives', [NO, 0.1, 0.1, 0.9, 0.6, NO, NO, NO], ['spot', 'lesson-derivatives'], ['identity-full', 'derivatives', 'seasoned']),
  trade('futures', 'Futures', '交割合约', 'Lock in a price for a date.', 'derivatives', [NO, NO, NO, 0.5, 0.9, NO, NO, NO], ['spot', 'lesson-derivatives'], ['identity-full', 'derivatives', 'seasoned']),
  trade('options', 'Options', '期权', 'The right to buy or sell at a price.', 'options', [NO, NO, 0.1, 0.4, 1, NO, NO, NO], ['spot', 'lesson-options'], ['identity-full', 'options', 'seasoned']),
  trade('structured', 'Structured products', '结构化产品', 'A yield in exchange for the price at a date.', 'options', [NO, NO, 0.1, 0.1, 0.3, 0.8, NO, NO], ['earn-flexible', 'lesson-options'], ['identity-full', 'structured']),
  trade('copy-trading', 'Copy trading', '跟单交易', 'Follow the trades of a leader with a record.', 'copy-trading', [0.1, 0.1, 0.5, 0.4, NO, 0.8, 0.3, NO], ['spot'], ['identity-basic', 'copy']),
  trade('grid-bot', 'Grid bot', '网格机器人', 'Buys low and sells high within a range by itself.', 'strategy', [0.1, 0.1, 0.3, 0.6, NO, 0.5, NO, NO], ['spot'], ['identity-basic', 'seasoned']),
  trade('recurring-buy', 'Recurring buy', '定投', 'Buys a coin every week, whatever the price.', 'bitcoin', [0.2, NO, 0.2, 0.2, NO, 0.6, NO, NO], ['spot'], ['identity-basic']),
  use('earn-flexible', 'Simple earn', '活期理财', 'Interest on idle coins, taken out at any time.', 'stablecoins', [0.1, NO, 0.3, NO, NO, 1, NO, NO], [], ['identity-basic', 'earn']),
  use('earn-fixed', 'Fixed earn', '定期理财', 'More interest for a fixed term.', 'stablecoins', [NO, NO, 0.1, NO, NO, 0.9, NO, NO], ['earn-flexible'], ['identity-basic', 'earn']),
  use('staking', 'Staking', '质押', 'Rewards for securing a chain.', 'staking', [0.1, NO, 0.2, NO, NO, 0.9, NO, NO], ['spot'], ['identity-basic', 'earn']),
  use('price-alerts', 'Price alerts', '价格提醒', 'A note when a price is reached.', 'technical-analysis', [NO, 1, 0.1, 0.5, 0.6, NO, NO, NO], [], []),
  use('watchlist', 'Watchlist', '自选列表', 'Your instruments at a glance.', 'technical-analysis', [0.1, 0.9, 0.4, 0.4, 0.3, NO, NO, NO], [], []),
  use('demo-trading', 'Demo trading', '模拟交易', 'Trade with play money.', 'basics', [0.7, NO, 0.4, 0.4, NO, NO, 0.1, 0.1], [], []),
  use('launchpad', 'Launchpad', '新币申购', 'New coins before they list.', 'airdrops', [NO, NO, 0.9, 0.2, NO, 0.5, 0.1, NO], ['spot'], ['identity-full']),
  use('airdrop-tasks', 'Airdrop tasks', '空投任务', 'Small tasks, small rewards.', 'airdrops', [0.2, NO, 0.7, NO, NO, 0.7, 0.4, NO], [], ['identity-basic']),
  use('card', 'Payment card', '支付卡', 'Spend coins in shops.', 'lifestyle', [NO, NO, 0.3, NO, NO, 0.3, 0.2, 0.1], [], ['identity-full', 'card']),
  use('p2p', 'P2P market', 'C2C 交易', 'Buy coins from other people.', 'basics', [0.1, NO, 0.2, 0.4, NO, NO, NO, 0.3], [], ['identity-basic']),
  use('tax-report', 'Tax report', '税务报告', 'Gains and losses of a year.', 'tax', [0.1, 0.1, NO, NO, NO, 0.2, NO, 0.7], ['spot'], ['identity-basic']),
  use('support', 'Support chat', '在线客服', 'Somebody who helps.', 'basics', [0.1, NO, NO, 0.05, NO, NO, NO, 1], [], []),
  use('security-check', 'Security check-up', '安全体检', 'Passkeys, withdrawal lists, devices.', 'security', [0.3, NO, 0.1, NO, NO, NO, NO, 0.6], [], []),
  use('live-streams', 'Live streams', '直播', 'Watch and ask, live.', 'lifestyle', [0.3, 0.2, 0.4, NO, NO, NO, 1, NO], [], []),
  lesson('lesson-basics', 'Lesson: first steps', '课程：入门', 'What a coin, a wallet and an order are.', 'basics', [1, NO, 0.2, NO, NO, NO, NO, 0.5], []),
  lesson('lesson-risk', 'Lesson: risk', '课程：风险管理', 'Position size, stop orders, why leverage cuts both ways.', 'strategy', [0.9, NO, NO, 0.3, 0.4, NO, NO, 0.2], ['lesson-basics']),
  lesson('lesson-derivatives', 'Lesson: derivatives', '课程：衍生品', 'Funding, margin, liquidation.', 'derivatives', [0.8, NO, NO, 0.5, 0.5, NO, NO, NO], ['lesson-basics']),
  lesson('lesson-options', 'Lesson: options', '课程：期权', 'Calls, puts, volatility.', 'options', [0.8, NO, NO, 0.3, 0.7, 0.2, NO, NO], ['lesson-derivatives']),
  lesson('lesson-security', 'Lesson: staying safe', '课程：防骗与安全', 'Scams, pumps and how to see them coming.', 'security', [0.9, NO, 0.1, NO, NO, NO, NO, 0.4], []),
].map((feature, index) => ({ ...feature, index, rules: rulesNamed(feature.ruleNames) }));

type Draft = Omit<PlatformFeature, 'index' | 'rules'>;

function use(
  id: string,
  nameEn: string,
  nameZh: string,
  text: string,
  topic: string,
  pull: readonly number[],
  needs: readonly string[],
  ruleNames: readonly string[],
): Draft {
  return { id, nameEn, nameZh, text, topic, pull, needs, ruleNames, trading: false, lesson: false };
}

function trade(...facts: Parameters<typeof use>): Draft {
  return { ...use(...facts), trading: true };
}

function lesson(
  id: string,
  nameEn: string,
  nameZh: string,
  text: string,
  topic: string,
  pull: readonly number[],
  needs: readonly string[],
): Draft {
  return { ...use(id, nameEn, nameZh, text, topic, pull, needs, []), lesson: true };
}

const INDEX_BY_ID = new Map(PLATFORM_FEATURES.map(({ id, index }) => [id, index]));

/** Bits of `People.adopted` that must be set before feature `f` can be adopted. */
export const NEEDED_BITS: Uint32Array = Uint32Array.from(PLATFORM_FEATURES, ({ needs }) =>
  needs.reduce((bits, id) => bits | (1 << INDEX_BY_ID.get(id)!), 0),
);

/** The index of a feature, or undefined. */
export function featureIndexOf(id: string): number | undefined {
  return INDEX_BY_ID.get(id);
}

/** A feature as a subject of the catalog. */
export function featureRecord(feature: PlatformFeature, createdMs: number): SubjectRecord {
  return {
    kind: 'feature',
    id: feature.id,
    title: `${feature.nameEn} · ${feature.nameZh}`,
    text: feature.text,
    language: 'en',
    tags: [feature.topic, feature.lesson ? 'lesson' : feature.trading ? 'trading' : 'service'],
    instruments: [],
    authorId: null,
    createdMs,
    lifecycle: 'live',
    attributes: { nameZh: feature.nameZh, prerequisites: feature.needs.join(' ') },
    eligibilityRules: feature.ruleNames,
  };
}
