import type { TaskDeclaration } from './task-declaration.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Seconds with one thing from which on a dwell is long: of the demo world's dwells, a third are. */
export const LONG_DWELL_SECONDS = 30;

/**
 * The nine tasks of a feed beside an exchange. Responses come within half an hour or not at all; a trade within a day; a return from
 * half a day to a day and a half after.
 */
export const platformTasks: readonly TaskDeclaration[] = [
  { kind: 'response', name: 'click', actions: ['click', 'result-click', 'open'], windowMs: 30 * MINUTE_MS },
  {
    kind: 'response',
    name: 'long-dwell',
    actions: ['dwell'],
    windowMs: 30 * MINUTE_MS,
    leastValue: LONG_DWELL_SECONDS,
    subjectKinds: ['content'],
  },
  { kind: 'response', name: 'like', actions: ['like'], windowMs: 30 * MINUTE_MS, subjectKinds: ['content'] },
  { kind: 'response', name: 'share', actions: ['share'], windowMs: 30 * MINUTE_MS, subjectKinds: ['content'] },
  { kind: 'response', name: 'follow', actions: ['follow'], windowMs: 30 * MINUTE_MS, subjectKinds: ['content'] },
  { kind: 'response', name: 'negative-feedback', actions: ['hide', 'report'], windowMs: 30 * MINUTE_MS, subjectKinds: ['content'] },
  { kind: 'response', name: 'adoption', actions: ['adopt'], windowMs: 30 * MINUTE_MS, subjectKinds: ['feature'] },
  {
    kind: 'conversion',
    name: 'trade',
    actions: ['trade-filled'],
    windowMs: 24 * HOUR_MS,
    targetKinds: ['instrument'],
    anyTargetFor: [{ subjectKind: 'feature', tag: 'trading' }],
  },
  { kind: 'return', name: 'next-day-return', actions: ['session-start'], fromMs: 12 * HOUR_MS, toMs: 36 * HOUR_MS },
];
