/** A seeded world with known truth, for tests, demonstrations and measurement: the door of the world wing for outsiders. */
export { createWorld, type CreateWorldOptions, type RunOptions, type RunReport, type World } from './create-world.ts';
export { createMarkets, type Markets, type MarketSettings } from './markets/markets.ts';
export { createMixedPolicy, FEED_SHARES, type FeedShares } from './policies/mixed-policy.ts';
export { createNewestPolicy } from './policies/newest-policy.ts';
export type { PlatformView } from './policies/platform-view.ts';
export { createPopularPolicy } from './policies/popular-policy.ts';
export { createRandomPolicy } from './policies/random-policy.ts';
export type { Page, PageItem, PageRequest, Policy } from './policy.ts';
export { createEventDigest, type EventDigest } from './stream/digest-events.ts';
export { createWorldSummariser, summaryLines, type WorldSummary } from './summarise-world.ts';
export { createOraclePolicy } from './truth/oracle-policy.ts';
export { truthOf, type DecisionTruth, type PlaceTruth, type PostTruth, type UserTruth, type WorldTruth } from './truth/world-truth.ts';
export { PolicyAnswerError, UnknownInWorldError, WorldBrokenError, WorldBusyError, WorldSettingsError } from './world-errors.ts';
export { WORLD_PRESETS, type WorldChoice, type WorldPreset, type WorldSettings } from './world-settings.ts';
export { WORLD_VERSION } from './world-version.ts';
export { TOPICS } from './writing/topics.ts';
