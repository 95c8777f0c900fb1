import { subjectKey } from '../../src/data/events/subject-key.ts';
import type { SubjectRecord } from '../../src/data/catalog/subject-record.ts';
import type { Event } from '../../src/data/events/event.ts';
import { readActions, type ActionData } from '../../src/data/actions/read-actions.ts';
import { createMixedPolicy } from '../../src/world/policies/mixed-policy.ts';
import { createWorld, type World } from '../../src/world/create-world.ts';

const DAY_MS = 86_400_000;

/** A world that has lived, and what a platform knows of it. */
export interface LivedWorld {
  readonly world: World;
  readonly data: ActionData;
}

/**
 * Lets a world of few, busy users live for a long time under the mixed logging policy. Its events are read as they come: one
 * day of them is in memory.
 */
export async function liveLong(options: { readonly users: number; readonly days: number; readonly seed: number }): Promise<LivedWorld> {
  const { users, days, seed } = options;
  const preset = { base: 'tiny', users, authors: Math.max(20, Math.round(users / 5)), sessionsPerUserDay: 6, days } as const;
  const world = createWorld({ preset, seed });
  const policy = createMixedPolicy(world, seed);
  const records = new Map<string, SubjectRecord>();
  const learn = (subjects: Iterable<SubjectRecord>) => {
    for (const record of subjects) records.set(subjectKey(record), record);
  };
  learn(world.subjects());
  const log = {
    async *read() {
      let firstOffset = 0;
      for (let day = 1; day <= days; day++) {
        const events: Event[] = [];
        await world.run({
          policy,
          untilMs: world.settings.startMs + day * DAY_MS,
          onEvents: (batch) => {
            for (const event of batch) if (event.action !== 'price') events.push(event);
          },
          onSubjects: learn,
        });
        yield { firstOffset, events };
        firstOffset += events.length;
      }
    },
  };
  const data = await readActions(log as never, { subjects: async (keys) => keys.map((key) => records.get(key) ?? null) });
  return { world, data };
}
