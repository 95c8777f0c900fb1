import { EVENT_ACTIONS, SUBJECT_KINDS } from '../events/event-actions.ts';
import { orderByGroupThenKey } from '../interactions/stable-order.ts';
import type { OutcomeSources } from './outcome-sources.ts';
import type { ResponseTask } from './task-declaration.ts';

/** Delays by task, in the tasks' order: see `taskOutcomes`. One pass over the happenings, whatever the number of tasks. */
export function responseOutcomes({ pages, happenings, subjects }: OutcomeSources, tasks: readonly ResponseTask[]): readonly Float64Array[] {
  const places = pages.subjects.length;
  const delays = tasks.map(({ subjectKinds }) => {
    const delaysMs = new Float64Array(places).fill(Infinity);
    if (subjectKinds === undefined) return delaysMs;
    const has = SUBJECT_KINDS.map((kind) => subjectKinds.includes(kind));
    for (let place = 0; place < places; place++) if (!has[subjects.kinds[pages.subjects[place]!]!]!) delaysMs[place] = NaN;
    return delaysMs;
  });
  const tasksOfAction = EVENT_ACTIONS.map((action) => tasks.flatMap((task, at) => (task.actions.includes(action) ? [at] : [])));
  const windowsMs = tasks.map(({ windowMs }) => windowMs);
  const leastValues = tasks.map(({ leastValue = null }) => leastValue);

  const rows = onPages(happenings);
  const placeOfSubject = new Int32Array(subjects.count).fill(-1);
  let list = -1;
  for (const row of rows) {
    if (happenings.lists[row] !== list) {
      list = happenings.lists[row]!;
      for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) placeOfSubject[pages.subjects[place]!] = place;
    }
    const subject = happenings.subjects[row]!;
    const place = subject < 0 ? -1 : placeOfSubject[subject]!;
    // A place of an earlier page: this one does not have the subject.
    if (place < pages.offsets[list]!) continue;
    const seenMs = pages.seenMs[place]!;
    const sinceMs = happenings.happenedMs[row]! - seenMs;
    if (sinceMs < 0) continue;
    const delayMs = happenings.receivedMs[row]! - seenMs;
    for (const task of tasksOfAction[happenings.actions[row]!]!) {
      const least = leastValues[task]!;
      // NaN, no value at all, is below every least one.
      if (sinceMs > windowsMs[task]! || (least !== null && !(happenings.values[row]! >= least))) continue;
      if (delayMs < delays[task]![place]!) delays[task]![place] = delayMs;
    }
  }
  return delays;
}

/** Happenings on pages, by page. */
function onPages({ count, lists }: OutcomeSources['happenings']): Int32Array {
  let onPage = 0;
  let listCount = 0;
  for (let at = 0; at < count; at++) {
    if (lists[at]! < 0) continue;
    onPage++;
    listCount = Math.max(listCount, lists[at]! + 1);
  }
  const rows = new Int32Array(onPage);
  const groups = new Int32Array(onPage);
  let next = 0;
  for (let at = 0; at < count; at++) {
    if (lists[at]! < 0) continue;
    rows[next] = at;
    groups[next++] = lists[at]!;
  }
  return orderByGroupThenKey(groups, listCount, null).map((at) => rows[at]!);
}
