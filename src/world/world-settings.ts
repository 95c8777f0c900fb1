import { WorldSettingsError } from './world-errors.ts';

/** Size and pace of a world. Everything else follows from the seed. */
export interface WorldSettings {
  /** From 20 to 4,000,000. */
  readonly users: number;
  /** Users who write posts; they are the first of the users. */
  readonly authors: number;
  /** Authors whose trades others may copy. */
  readonly leaders: number;
  /** Currencies traded; each has a spot instrument, and most have derivatives. */
  readonly assets: number;
  /** The first moment, milliseconds since the epoch; a whole number of ticks. @default 2026-01-05T00:00Z, a Monday */
  readonly startMs: number;
  /** Days that the preset is meant to run for; a world itself has no end. */
  readonly days: number;
  /** Length of a tick. Within one, at most one page is asked for a user. @default 60_000 */
  readonly tickMs: number;
  /** Mean sessions a user and day at usual satisfaction; single users differ by two orders. */
  readonly sessionsPerUserDay: number;
  /** Mean posts an author and day; single authors differ by an order. */
  readonly postsPerAuthorDay: number;
  /** Age at which a post retires. */
  readonly postLifeMs: number;
  /** Time between two `price` events of an instrument. */
  readonly priceEveryMs: number;
  /** Mean pump-and-dump campaigns begun in a week. */
  readonly campaignsPerWeek: number;
  /** Authors a user follows at most; the oldest is forgotten. */
  readonly followsMax: number;
  /** Latest posts that a user knows to have seen. */
  readonly seenMax: number;
  /** Latest trading decisions whose counterfactual truth is kept. */
  readonly decisionsKept: number;
}

/** Names of the worlds that stand ready. */
export type WorldPreset = 'tiny' | 'demo' | 'large';

const DAY_MS = 86_400_000;

const COMMON = {
  startMs: Date.UTC(2026, 0, 5),
  tickMs: 60_000,
  sessionsPerUserDay: 0.75,
  postLifeMs: 7 * DAY_MS,
};

/**
 * `tiny`: 200 users for 5 days, some seconds, for tests. `demo`: 10,000 users for 14 days, about two million events.
 * `large`: a million users; about 400 bytes a user.
 */
export const WORLD_PRESETS: Readonly<Record<WorldPreset, WorldSettings>> = {
  tiny: {
    ...COMMON,
    users: 200,
    authors: 30,
    leaders: 4,
    assets: 8,
    days: 5,
    sessionsPerUserDay: 1.5,
    postsPerAuthorDay: 2,
    priceEveryMs: 3_600_000,
    campaignsPerWeek: 4,
    followsMax: 24,
    seenMax: 64,
    decisionsKept: 20_000,
  },
  demo: {
    ...COMMON,
    users: 10_000,
    authors: 400,
    leaders: 30,
    assets: 24,
    days: 14,
    postsPerAuthorDay: 2,
    priceEveryMs: 900_000,
    campaignsPerWeek: 5,
    followsMax: 32,
    seenMax: 128,
    decisionsKept: 300_000,
  },
  large: {
    ...COMMON,
    users: 1_000_000,
    authors: 8_000,
    leaders: 300,
    assets: 60,
    days: 14,
    postsPerAuthorDay: 1.5,
    priceEveryMs: 900_000,
    campaignsPerWeek: 20,
    followsMax: 16,
    seenMax: 32,
    decisionsKept: 1_000_000,
  },
};

/** What `createWorld` takes: a preset by name, or a preset with other settings in places. */
export type WorldChoice = WorldPreset | (Partial<WorldSettings> & { readonly base?: WorldPreset });

/** [least, most, whole number]. */
const RANGES: Readonly<Record<keyof WorldSettings, readonly [number, number, boolean]>> = {
  users: [20, 4_000_000, true],
  authors: [5, 60_000, true],
  leaders: [1, 10_000, true],
  assets: [2, 60, true],
  startMs: [0, 8e12, true],
  days: [1, 3_650, true],
  tickMs: [10_000, 600_000, true],
  sessionsPerUserDay: [0.01, 6, false],
  postsPerAuthorDay: [0.01, 50, false],
  postLifeMs: [3_600_000, 60 * DAY_MS, true],
  priceEveryMs: [60_000, DAY_MS, true],
  campaignsPerWeek: [0, 200, false],
  followsMax: [4, 256, true],
  seenMax: [8, 4_096, true],
  decisionsKept: [100, 20_000_000, true],
};

/**
 * Settings in full, checked.
 *
 * @throws {WorldSettingsError} for an unknown preset or setting, or a value out of its range
 */
export function resolveSettings(choice: WorldChoice): WorldSettings {
  const { base = 'demo', ...changes } = typeof choice === 'string' ? { base: choice } : choice;
  const preset = Object.hasOwn(WORLD_PRESETS, base) ? WORLD_PRESETS[base] : undefined;
  if (preset === undefined) throw new WorldSettingsError('preset', base, `one of ${Object.keys(WORLD_PRESETS).join(', ')}`);
  for (const name of Object.keys(changes)) {
    if (!Object.hasOwn(RANGES, name)) throw new WorldSettingsError(name, changes[name as never], `one of ${Object.keys(RANGES).join(', ')}`);
  }
  const settings = { ...preset, ...changes };
  for (const [name, [least, most, whole]] of Object.entries(RANGES) as [keyof WorldSettings, readonly [number, number, boolean]][]) {
    const value: unknown = settings[name];
    if (typeof value !== 'number' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new WorldSettingsError(name, value, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
  }
  for (const name of ['startMs', 'priceEveryMs', 'postLifeMs'] as const) {
    if (settings[name] % settings.tickMs !== 0) throw new WorldSettingsError(name, settings[name], `a multiple of tickMs, ${settings.tickMs}`);
  }
  if (settings.authors > settings.users) throw new WorldSettingsError('authors', settings.authors, `at most users, ${settings.users}`);
  if (settings.leaders > settings.authors) throw new WorldSettingsError('leaders', settings.leaders, `at most authors, ${settings.authors}`);
  return settings;
}
