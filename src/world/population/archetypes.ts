/** A kind of person: where tastes and habits come from. Users deviate from it, each in their own way. */
export interface Archetype {
  readonly name: string;
  /** Share of users, unnormalised. */
  readonly weight: number;
  /** Topics (ids of TOPICS), the dearest first. */
  readonly topics: readonly string[];
  /** Weights of the intents, in order of INTENTS. */
  readonly intents: readonly number[];
  /** Mean of the experience with trading, 0 to 1. */
  readonly experience: number;
  /** Mean of the wish for risk, 0 to 1. */
  readonly risk: number;
  /** Centre of the capital, in whole units of the reference currency. */
  readonly capital: number;
}

/** Kinds of people on such a platform. Made up; that tastes come in clusters is what collaborative filtering lives on. */
export const ARCHETYPES: readonly Archetype[] = [
  archetype('newcomer', 14, ['basics', 'bitcoin', 'security', 'lifestyle'], [4, 1, 2, 0.6, 0.1, 1, 2, 2], 0.12, 0.4, 300),
  archetype('holder', 12, ['bitcoin', 'macro', 'mining'], [1, 3.5, 0.7, 0.6, 0.5, 2, 1, 0.4], 0.5, 0.4, 6_000),
  archetype('defi', 8, ['ethereum', 'defi', 'layer-2', 'staking'], [1.2, 1.5, 2, 1, 0.4, 3, 0.8, 0.4], 0.6, 0.6, 3_000),
  archetype('degen', 10, ['memecoins', 'solana', 'airdrops'], [0.3, 1.2, 3, 3, 0.1, 0.8, 2.2, 0.4], 0.4, 0.95, 900),
  archetype('day-trader', 10, ['technical-analysis', 'strategy', 'bitcoin', 'derivatives'], [0.7, 3, 0.6, 5, 0.8, 0.3, 0.7, 0.4], 0.75, 0.8, 4_000),
  archetype('options', 4, ['options', 'derivatives', 'strategy', 'macro'], [1, 2, 0.4, 2.5, 3.2, 0.8, 0.3, 0.3], 0.9, 0.6, 20_000),
  archetype('copier', 9, ['copy-trading', 'basics', 'strategy'], [1.2, 2, 2, 1, 0.2, 3, 0.8, 0.8], 0.25, 0.6, 1_200),
  archetype('saver', 8, ['stablecoins', 'staking', 'tax', 'security'], [0.8, 1.2, 0.6, 0.3, 0.5, 5, 0.4, 1], 0.4, 0.15, 8_000),
  archetype('player', 7, ['ai-tokens', 'gaming', 'nft'], [0.6, 1, 3.2, 1, 0.1, 0.5, 3, 0.4], 0.3, 0.7, 600),
  archetype('reader', 6, ['macro', 'regulation', 'tax'], [2, 4, 0.6, 0.4, 1.2, 0.8, 0.6, 0.5], 0.6, 0.3, 10_000),
  archetype('socialite', 7, ['lifestyle', 'memecoins', 'nft'], [0.3, 0.7, 2, 0.6, 0.1, 0.4, 5.5, 0.4], 0.25, 0.6, 400),
  archetype('farmer', 5, ['airdrops', 'layer-2', 'defi'], [0.8, 1, 4, 0.7, 0.2, 3.5, 0.8, 0.6], 0.55, 0.6, 1_000),
];

function archetype(
  name: string,
  weight: number,
  topics: readonly string[],
  intents: readonly number[],
  experience: number,
  risk: number,
  capital: number,
): Archetype {
  return { name, weight, topics, intents, experience, risk, capital };
}
