import type { EligibilityRule } from '../data/catalog/eligibility-rule.ts';
import type { SubjectRecord } from '../data/catalog/subject-record.ts';
import type { UserRecord } from '../data/catalog/user-record.ts';
import type { Event } from '../data/events/event.ts';
import { createLiveRecords } from './content/live-records.ts';
import { createState } from './create-state.ts';
import type { Instrument } from './markets/instruments.ts';
import { ELIGIBILITY_RULES } from './platform/eligibility.ts';
import { PLATFORM_FEATURES, type PlatformFeature } from './platform/platform-features.ts';
import type { Policy } from './policy.ts';
import { NONE, userIdOf, userOf } from './population/people.ts';
import { userRecordOf } from './population/user-record.ts';
import { createTicks } from './run-tick.ts';
import { UnknownInWorldError, WorldBrokenError, WorldBusyError, WorldSettingsError } from './world-errors.ts';
import { keepInside } from './world-inside.ts';
import { resolveSettings, type WorldChoice, type WorldSettings } from './world-settings.ts';

/** A seeded world: what a platform can see of it. What only the world knows is in `truth/`. */
export interface World {
  readonly settings: WorldSettings;
  readonly seed: number | string;
  /** Everybody, made one by one; the first `settings.authors` write posts. */
  users(): Iterable<UserRecord>;
  /** @throws {UnknownInWorldError} */
  user(id: string): UserRecord;
  /** All subjects that live now: features, instruments, posts from the oldest on; made one by one. */
  subjects(): Iterable<SubjectRecord>;
  /** What is traded, by index. A contract that expires gives its place to the next one. */
  readonly instruments: readonly Instrument[];
  readonly features: readonly PlatformFeature[];
  readonly eligibilityRules: readonly EligibilityRule[];
  /**
   * Ids of the authors that a user follows now.
   * @throws {UnknownInWorldError}
   */
  follows(userId: string): readonly string[];
  /** The moment up to which the world has run: the start of its next tick. */
  timeMs(): number;
  /**
   * Lets the world run on to a moment; call it again to go on. Equal calls on equal worlds give equal events, whether the
   * time is run through at once or in pieces, and however slowly a policy answers.
   *
   * Events whose receipt lies beyond `untilMs` come in the next run. Memory stays bounded however long the world runs.
   *
   * @throws {WorldSettingsError} when `untilMs` is no whole tick or lies in the past
   * @throws {WorldBusyError} while another run is under way
   * @throws {PolicyAnswerError} when the policy answers another number of pages, or too long ones; what a policy or a sink
   * throws passes through. After either the world is in the middle of a tick, and every further call throws {@link WorldBrokenError}.
   */
  run(options: RunOptions): Promise<RunReport>;
}

/** How a world runs on. */
export interface RunOptions {
  /** Decides what is seen. One that was not in the run before is told of all living subjects first. */
  readonly policy: Policy;
  /** Until then, exclusive; a whole number of ticks. */
  readonly untilMs: number;
  /** Takes events, in order of their receipt; the world waits for it. The batch is the sink's to keep. */
  readonly onEvents?: (events: readonly Event[]) => void | Promise<void>;
  /** Takes subjects that came, changed or retired, before any event about them. What lives at the start: {@link World.subjects}. */
  readonly onSubjects?: (subjects: readonly SubjectRecord[]) => void | Promise<void>;
  /** Events gathered before `onEvents` is called; those left over come at the end of the run. @default 1: at the end of each tick that has any */
  readonly batchEventsMin?: number;
  /** Ends the run at the end of a tick; the report says where. */
  readonly signal?: AbortSignal;
}

/** What happened in a run. */
export interface RunReport {
  readonly fromMs: number;
  /** Where the run ended: `untilMs`, or earlier where its signal fired. */
  readonly untilMs: number;
  /** Events handed to `onEvents`. */
  readonly events: number;
  readonly visits: number;
  readonly pages: number;
  readonly trades: number;
  /** Items of pages that this world does not know, or that have retired. Nobody saw them. */
  readonly unknownItems: number;
}

/** How a world is made. */
export interface CreateWorldOptions {
  /** @default 'demo' */
  readonly preset?: WorldChoice;
  readonly seed: number | string;
  /** Goes into all ids, so that events of two worlds of one seed (under two policies) can stand in one log. @default '' */
  readonly instance?: string;
}

/**
 * Creates a world at its first moment.
 *
 * @throws {WorldSettingsError} when settings are wrong
 */
export function createWorld({ preset = 'demo', seed, instance = '' }: CreateWorldOptions): World {
  const settings = resolveSettings(preset);
  const { state, behaviour } = createState(settings, seed, instance);
  const { people, posts, authors, markets, counts } = state;
  const records = createLiveRecords(seed, settings.startMs, { posts, authors, markets });
  const ticks = createTicks(state, behaviour, records);
  let busy = false;
  let broken: { readonly cause: unknown } | null = null;
  let lastPolicy: Policy | null = null;

  const indexOf = (id: string) => {
    const u = userOf(id, people.count);
    if (u === NONE) throw new UnknownInWorldError('user', id);
    return u;
  };

  const runTicks = async (options: RunOptions): Promise<RunReport> => {
    const { policy, untilMs, onEvents, onSubjects, batchEventsMin = 1, signal } = options;
    const fromMs = state.tick * settings.tickMs;
    const before = { ...counts };
    let events = 0;
    let waiting: Event[] = [];
    const handOn = async () => {
      const batch = waiting;
      waiting = [];
      events += batch.length;
      if (onEvents !== undefined) await onEvents(batch);
    };
    if (policy !== lastPolicy) policy.learnSubjects?.([...records.all()]);
    lastPolicy = policy;
    while (state.tick * settings.tickMs < untilMs && signal?.aborted !== true) {
      const changed = ticks.moveWorld();
      if (changed.length > 0) {
        policy.learnSubjects?.(changed);
        if (onSubjects !== undefined) await onSubjects(changed);
      }
      const received = await ticks.moveUsers(policy);
      if (received.length === 0) continue;
      policy.observe?.(received);
      for (const event of received) waiting.push(event);
      if (waiting.length >= batchEventsMin) await handOn();
    }
    if (waiting.length > 0) await handOn();
    return {
      fromMs,
      untilMs: state.tick * settings.tickMs,
      events,
      visits: counts.visits - before.visits,
      pages: counts.pages - before.pages,
      trades: counts.trades - before.trades,
      unknownItems: counts.unknownItems - before.unknownItems,
    };
  };

  const world: World = {
    settings,
    seed,
    instruments: markets.instruments,
    features: PLATFORM_FEATURES,
    eligibilityRules: ELIGIBILITY_RULES,
    *users() {
      for (let u = 0; u < people.count; u++) yield userRecordOf(people, u);
    },
    user: (id) => userRecordOf(people, indexOf(id)),
    subjects: () => records.all(),
    follows(userId) {
      const from = indexOf(userId) * people.tieSlots;
      const followed: string[] = [];
      for (let at = from; at < from + people.tieSlots; at++) if (people.tieFollows[at] === 1) followed.push(userIdOf(people.tieAuthor[at]!));
      return followed;
    },
    timeMs: () => state.tick * settings.tickMs,
    async run(options) {
      if (broken !== null) throw new WorldBrokenError(world.timeMs(), broken.cause);
      if (busy) throw new WorldBusyError();
      const { untilMs } = options;
      if (!(untilMs >= world.timeMs()) || untilMs % settings.tickMs !== 0) {
        throw new WorldSettingsError('untilMs', untilMs, `a multiple of tickMs (${settings.tickMs}) from ${world.timeMs()} on`);
      }
      busy = true;
      try {
        return await runTicks(options);
      } catch (error) {
        broken = { cause: error };
        throw error;
      } finally {
        busy = false;
      }
    },
  };
  keepInside(world, state, behaviour);
  return world;
}
