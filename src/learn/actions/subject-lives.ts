import type { ActionSequences, SubjectTable } from './action-sequences.ts';
import type { ImpressionLists } from './impression-lists.ts';

/** When each subject could be met: from `fromMs` to `untilMs`, `[subjects]` each, milliseconds since the epoch. */
export interface SubjectLives {
  readonly fromMs: Float64Array;
  readonly untilMs: Float64Array;
}

/** How long a subject counts as there after it was last shown or acted on: shorter than a day, a quiet night would end it. */
export const GRACE_MS = 86_400_000;

/**
 * Lives of subjects as the log tells them: from when each came to be (where that is unknown, or later than its first
 * appearance, from that) until a day after it was last shown or acted on. That a thing is gone is known only from its
 * absence, so the end looks at the whole log: this says who competes in an evaluation, and is nothing that a model may read.
 */
export function subjectLives(
  table: Pick<SubjectTable, 'count' | 'createdMs'>,
  sequences: Pick<ActionSequences, 'subjects' | 'timesMs'>,
  pages: Pick<ImpressionLists, 'listCount' | 'offsets' | 'subjects' | 'timesMs'>,
): SubjectLives {
  const fromMs = table.createdMs.map((createdMs) => (Number.isNaN(createdMs) ? Infinity : createdMs));
  const untilMs = new Float64Array(table.count).fill(-Infinity);
  const meet = (subject: number, timeMs: number) => {
    if (subject < 0) return;
    if (timeMs < fromMs[subject]!) fromMs[subject] = timeMs;
    if (timeMs + GRACE_MS > untilMs[subject]!) untilMs[subject] = timeMs + GRACE_MS;
  };
  for (let at = 0; at < sequences.subjects.length; at++) meet(sequences.subjects[at]!, sequences.timesMs[at]!);
  for (let list = 0; list < pages.listCount; list++) {
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) meet(pages.subjects[place]!, pages.timesMs[list]!);
  }
  return { fromMs, untilMs };
}
