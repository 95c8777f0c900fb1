import { SUBJECT_KINDS } from '../events/event-actions.ts';
import { orderByGroupThenKey } from '../interactions/stable-order.ts';
import { deedsOfUsers, firstKnown, lowerBound, type Deeds } from './deeds-of-users.ts';
import type { OutcomeSources } from './outcome-sources.ts';
import type { ConversionTask } from './task-declaration.ts';

/** Delays of a `conversion` task: see `taskOutcomes`. */
export function conversionOutcomes({ pages, happenings, subjects }: OutcomeSources, task: ConversionTask): Float64Array {
  const deeds = deedsOfUsers(happenings, task.actions, task.leastValue);
  const bySubject = deedsBySubject(deeds, subjects.count);
  const isTarget = targetsOf(subjects, task);
  const takesAny = anyTargetOf(subjects, task);
  const delaysMs = new Float64Array(pages.subjects.length);
  for (let list = 0; list < pages.listCount; list++) {
    const user = pages.users[list]!;
    const first = deeds.offsets[user]!;
    const end = deeds.offsets[user + 1]!;
    const knownOn = (subject: number, fromMs: number, toMs: number) => {
      const from = lowerBound(bySubject.subjects, first, end, subject);
      return firstKnown(bySubject, from, lowerBound(bySubject.subjects, from, end, subject + 1), fromMs, toMs);
    };
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) {
      const subject = pages.subjects[place]!;
      const seenMs = pages.seenMs[place]!;
      // What happened in the very moment of seeing was decided before.
      const fromMs = seenMs + 1;
      const toMs = seenMs + task.windowMs;
      if (takesAny[subject] === 1) {
        delaysMs[place] = firstKnown(deeds, first, end, fromMs, toMs) - seenMs;
        continue;
      }
      let knownMs = isTarget[subject] === 1 ? knownOn(subject, fromMs, toMs) : NaN;
      for (let at = subjects.mentions.offsets[subject]!; at < subjects.mentions.offsets[subject + 1]!; at++) {
        const mentioned = subjects.mentions.values[at]!;
        if (isTarget[mentioned] !== 1) continue;
        const onMentioned = knownOn(mentioned, fromMs, toMs);
        knownMs = Number.isNaN(knownMs) ? onMentioned : Math.min(knownMs, onMentioned);
      }
      delaysMs[place] = knownMs - seenMs;
    }
  }
  return delaysMs;
}

/** The same deeds, within a user by subject, then time. */
function deedsBySubject(deeds: Deeds, subjectCount: number): Deeds {
  const count = deeds.subjects.length;
  const users = new Int32Array(count);
  for (let user = 0; user + 1 < deeds.offsets.length; user++) users.fill(user, deeds.offsets[user], deeds.offsets[user + 1]);
  // Deeds without a subject have the key −1 and stand first, where no subject looks.
  const groups = deeds.subjects.map((subject) => subject + 1);
  const bySubject = orderByGroupThenKey(groups, subjectCount + 1, null);
  const byUser = orderByGroupThenKey(
    bySubject.map((at) => users[at]!),
    deeds.offsets.length - 1,
    null,
  );
  const order = byUser.map((at) => bySubject[at]!);
  return {
    offsets: deeds.offsets,
    subjects: order.map((at) => deeds.subjects[at]!),
    happenedMs: Float64Array.from(order, (at) => deeds.happenedMs[at]!),
    receivedMs: Float64Array.from(order, (at) => deeds.receivedMs[at]!),
  };
}

/** `[subjects]`, 1 where the action can be done on one. */
function targetsOf({ kinds }: OutcomeSources['subjects'], { targetKinds }: ConversionTask): Uint8Array {
  const isTarget = SUBJECT_KINDS.map((kind) => (targetKinds.includes(kind) ? 1 : 0));
  return kinds.map((kind) => isTarget[kind]!);
}

/** `[subjects]`, 1 where the action on anything counts. */
function anyTargetOf({ count, kinds, tags, tagNames }: OutcomeSources['subjects'], { anyTargetFor }: ConversionTask): Uint8Array {
  const takesAny = new Uint8Array(count);
  for (const { subjectKind, tag } of anyTargetFor) {
    const kind = SUBJECT_KINDS.indexOf(subjectKind);
    const wanted = tagNames.indexOf(tag);
    for (let subject = 0; wanted >= 0 && subject < count; subject++) {
      if (kinds[subject] !== kind) continue;
      for (let at = tags.offsets[subject]!; at < tags.offsets[subject + 1]!; at++) {
        if (tags.values[at] === wanted) takesAny[subject] = 1;
      }
    }
  }
  return takesAny;
}
