import { readActions, type ActionData } from '../../src/data/actions/read-actions.ts';
import type { Event } from '../../src/data/events/event.ts';
import type { SubjectRecord } from '../../src/data/catalog/subject-record.ts';
import { subjectKey } from '../../src/data/events/subject-key.ts';
import { createWorld } from '../../src/world/create-world.ts';
import { createMixedPolicy } from '../../src/world/policies/mixed-policy.ts';
import { WORLD_PRESETS, type WorldPreset } from '../../src/world/world-settings.ts';

const HOUR_MS = 3_600_000;

/** Lives a world under the mixed policy and reads what people did in it, as a platform's log would be read; nothing is written. */
export async function livedActions(preset: WorldPreset, seed: number): Promise<ActionData> {
  const world = createWorld({ preset, seed });
  const policy = createMixedPolicy(world, seed);
  const { startMs } = world.settings;
  const endMs = startMs + WORLD_PRESETS[preset].days * 24 * HOUR_MS;
  const records = new Map<string, SubjectRecord>();
  const keep = (subjects: Iterable<SubjectRecord>) => {
    for (const record of subjects) records.set(subjectKey(record), record);
  };
  keep(world.subjects());
  async function* read() {
    let firstOffset = 0;
    for (let untilMs = startMs + HOUR_MS; untilMs <= endMs; untilMs += HOUR_MS) {
      const events: Event[] = [];
      await world.run({
        policy,
        untilMs,
        onEvents: async (batch) => void events.push(...batch),
        onSubjects: async (subjects) => keep(subjects),
      });
      yield { firstOffset, events };
      firstOffset += events.length;
    }
  }
  return readActions({ read }, { subjects: async (keys) => keys.map((key) => records.get(key) ?? null) });
}
