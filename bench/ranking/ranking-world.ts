import { readActions, type ActionData } from '../../src/data/actions/read-actions.ts';
import { platformTasks } from '../../src/data/actions/platform-tasks.ts';
import { labelsOfSplit, splitListsByTime, type ListSplit } from '../../src/data/actions/split-lists-by-time.ts';
import { taskOutcomes } from '../../src/data/actions/task-outcomes.ts';
import type { SubjectRecord } from '../../src/data/catalog/subject-record.ts';
import type { UserRecord } from '../../src/data/catalog/user-record.ts';
import type { Event } from '../../src/data/events/event.ts';
import { subjectKey } from '../../src/data/events/subject-key.ts';
import type { TaskLabels } from '../../src/learn/actions/impression-lists.ts';
import { defaultSplit, splitPages } from '../../src/app/ranking/split-pages.ts';
import { pagesToScore, type ScoredPages } from '../../src/app/ranking/scored-pages.ts';
import type { RankingData } from '../../src/app/ranking/open-ranking-data.ts';
import type { RankingSplit } from '../../src/app/ranking/ranking-run-record.ts';
import { createWorld } from '../../src/world/create-world.ts';
import { createMixedPolicy } from '../../src/world/policies/mixed-policy.ts';
import { WORLD_PRESETS, type WorldPreset } from '../../src/world/world-settings.ts';

const HOUR_MS = 3_600_000;

/** Lives a world under the mixed policy and reads what people did in it, as a platform's log would be read; nothing is written. @param days @default the preset's */
export async function livedActions(preset: WorldPreset, seed: number, days = WORLD_PRESETS[preset].days): Promise<ActionData> {
  const world = createWorld({ preset, seed });
  const policy = createMixedPolicy(world, seed);
  const { startMs } = world.settings;
  const endMs = startMs + days * 24 * HOUR_MS;
  const subjects = new Map<string, SubjectRecord>();
  const keep = (records: Iterable<SubjectRecord>) => {
    for (const record of records) subjects.set(subjectKey(record), record);
  };
  keep(world.subjects());
  const users = new Map<string, UserRecord>([...world.users()].map((record) => [record.id, record]));
  async function* read() {
    let firstOffset = 0;
    for (let untilMs = startMs + HOUR_MS; untilMs <= endMs; untilMs += HOUR_MS) {
      const events: Event[] = [];
      await world.run({
        policy,
        untilMs,
        onEvents: async (batch) => void events.push(...batch),
        onSubjects: async (records) => keep(records),
      });
      yield { firstOffset, events };
      firstOffset += events.length;
    }
  }
  const lookup =
    <Value>(records: ReadonlyMap<string, Value>) =>
    async (keys: readonly string[]) =>
      keys.map((key) => records.get(key) ?? null);
  return readActions({ read }, { subjects: lookup(subjects), users: lookup(users) });
}

/** A world's pages, cut and labelled as `nisus train --model hstu-ranker` does it. */
export interface RankingWorld {
  readonly data: RankingData;
  /** That the world lived. */
  readonly days: number;
  readonly cuts: RankingSplit;
  readonly split: ListSplit;
  readonly labels: TaskLabels;
  readonly pages: { readonly [Part in 'validation' | 'test']: ScoredPages };
}

/** How long a world lives and how its pages are cut. */
export interface RankingWorldOptions {
  /** @default the preset's */
  readonly days?: number;
  /** Days of validation, and of test. @default those of `defaultSplit` */
  readonly asideDays?: number;
}

/** Lives a world and makes it ready for ranking models. */
export async function rankingWorld(preset: WorldPreset, seed: number, options: RankingWorldOptions = {}): Promise<RankingWorld> {
  const { days = WORLD_PRESETS[preset].days, asideDays } = options;
  const actions = await livedActions(preset, seed, days);
  const data: RankingData = { ...actions, outcomes: taskOutcomes(actions, platformTasks) };
  const fromMs = data.pages.timesMs.reduce((least, timeMs) => Math.min(least, timeMs), Infinity);
  // A world of few days keeps three fifths to learn from.
  const asideMs = (days * 24 * HOUR_MS) / 5;
  const wantedMs = asideDays === undefined ? defaultSplit : { validationMs: asideDays * 24 * HOUR_MS, testMs: asideDays * 24 * HOUR_MS };
  const cuts = splitPages(fromMs, data.endMs, {
    ...defaultSplit,
    validationMs: Math.min(wantedMs.validationMs, asideMs),
    testMs: Math.min(wantedMs.testMs, asideMs),
  });
  const split = splitListsByTime(data.pages, cuts);
  const { labels } = labelsOfSplit(data.outcomes, data.pages, split, { endMs: data.endMs, correction: cuts.correction });
  const pages = {
    validation: pagesToScore(data, split.validation.lists, cuts.trainUntilMs),
    test: pagesToScore(data, split.test.lists, cuts.trainUntilMs),
  };
  return { data, days, cuts, split, labels, pages };
}

/** How a world's pages were cut, in words. */
export function describeWorld(preset: WorldPreset, seed: number, { cuts, split, data, days }: RankingWorld): string {
  const hours = (durationMs: number) => `${Math.round(durationMs / HOUR_MS)} h`;
  return (
    `World ${preset}, seed ${seed}, ${days} days, mixed policy: ${data.sequences.userCount} users, ${data.pages.listCount} pages of ${data.pages.subjects.length} places. ` +
    `Cut by time: the last ${hours(data.endMs - cuts.validationUntilMs)} are the test (${split.test.lists.length} pages), ${hours(cuts.validationUntilMs - cuts.trainUntilMs)} before them validation; training labels as known at their cut (${cuts.correction})`
  );
}
