import { deedsOfUsers, firstKnown } from './deeds-of-users.ts';
import type { OutcomeSources } from './outcome-sources.ts';
import type { ReturnTask } from './task-declaration.ts';

/** Delays of a `return` task: see `taskOutcomes`. */
export function returnOutcomes({ pages, happenings }: OutcomeSources, task: ReturnTask): Float64Array {
  const deeds = deedsOfUsers(happenings, task.actions, undefined);
  const delaysMs = new Float64Array(pages.subjects.length);
  for (let list = 0; list < pages.listCount; list++) {
    const user = pages.users[list]!;
    const first = deeds.offsets[user]!;
    const end = deeds.offsets[user + 1]!;
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) {
      const seenMs = pages.seenMs[place]!;
      delaysMs[place] = firstKnown(deeds, first, end, seenMs + task.fromMs, seenMs + task.toMs) - seenMs;
    }
  }
  return delaysMs;
}
