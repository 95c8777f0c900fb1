/** What a user is trying to do. The place in the list is the code. */
export const INTENTS = ['learn', 'monitor', 'discover', 'trade', 'hedge', 'earn', 'socialise', 'get-help'] as const;

/** One of the {@link INTENTS}. */
export type Intent = (typeof INTENTS)[number];

/** Codes, by name. */
export const LEARN = 0;
export const MONITOR = 1;
export const DISCOVER = 2;
export const TRADE = 3;
export const HEDGE = 4;
export const EARN = 5;
export const SOCIALISE = 6;
export const GET_HELP = 7;

const HOUR_MS = 3_600_000;

/** Mean time that an intent lasts, by code. */
export const INTENT_MEAN_MS: readonly number[] = [26, 6, 12, 4, 7, 24, 9, 2].map((hours) => hours * HOUR_MS);

/**
 * Spread of the duration: log-normal with this σ, so that the chance to end depends on how long the intent has lasted
 * (semi-Markov; a Markov chain's durations would be geometric). After Yu 2010, "Hidden semi-Markov models",
 * Artificial Intelligence 174.
 */
export const INTENT_DURATION_SIGMA = 0.8;

/** How well a kind of post serves an intent: rows intents, columns POST_KINDS (news, analysis, lesson, signal, story, question, announcement, leader-report). */
export const KIND_FIT: readonly (readonly number[])[] = [
  [0, 0.5, 1, -0.3, -0.4, 0.2, -0.1, 0],
  [1, 0.6, -0.5, 0.2, -0.3, -0.2, 0.2, 0.2],
  [0.3, 0.1, 0.1, 0.1, 0.6, 0.1, 0.7, 0.4],
  [0.4, 0.6, -0.6, 1, -0.6, -0.5, -0.1, 0.5],
  [0.5, 1, 0.2, 0.2, -0.8, -0.4, 0, -0.2],
  [0, 0.1, 0.3, -0.2, -0.3, -0.1, 1, 0.4],
  [0, -0.3, -0.6, -0.1, 1, 0.8, -0.2, 0],
  [-0.4, -0.2, 0.7, -0.6, -0.5, 0.9, 0.3, -0.3],
];

/** Surfaces of the app. The place in the list is the code. */
export const SURFACES = ['feed', 'search', 'instrument-page', 'hub'] as const;

/** One of the {@link SURFACES}. */
export type Surface = (typeof SURFACES)[number];

export const FEED = 0;
export const SEARCH = 1;
export const INSTRUMENT_PAGE = 2;
/** The page of the platform's features. */
export const HUB = 3;

/** Where a visit with an intent begins and goes on: weights by intent and surface. */
export const SURFACE_OF_INTENT: readonly (readonly number[])[] = [
  [5, 3, 0.5, 1.5],
  [5, 1, 4, 0],
  [7, 1.5, 1, 1],
  [4, 1.5, 4, 0.7],
  [4, 2, 3, 1],
  [4, 1, 1, 4],
  [9.5, 0.4, 0.1, 0],
  [2, 5, 0, 2.5],
];

/** Factor on an intent's weight at a local hour: night (0–5), morning (6–11), afternoon (12–17), evening (18–23). */
export const INTENT_BY_QUARTER: readonly (readonly number[])[] = [
  [0.7, 0.9, 1, 1.3],
  [1.2, 1.5, 1, 0.8],
  [1, 0.8, 1, 1.2],
  [1, 1.2, 1.2, 0.8],
  [1, 1.1, 1.1, 0.8],
  [0.8, 1, 1, 1.1],
  [1, 0.6, 0.9, 1.5],
  [0.6, 1.2, 1.2, 0.8],
];
