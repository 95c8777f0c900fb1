import type { SubjectKind } from '../events/event-actions.ts';
import type { Lifecycle } from './subject-record.ts';

/** Counts of subjects by kind and lifecycle, all 0, to count in. */
export function noSubjects(): Record<SubjectKind, Record<Lifecycle, number>> {
  return {
    content: { draft: 0, live: 0, retired: 0 },
    feature: { draft: 0, live: 0, retired: 0 },
    instrument: { draft: 0, live: 0, retired: 0 },
  };
}
