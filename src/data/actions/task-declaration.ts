import { z } from 'zod';
import { EVENT_ACTIONS, SUBJECT_KINDS, type EventAction } from '../events/event-actions.ts';
import { TaskDeclarationError } from './task-errors.ts';

/** Tasks of one declaration at most. */
const TASKS_MAX = 32;

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'a name in kebab-case of at most 64 characters');
const windowMs = z.int().positive();
const actions = z.array(z.enum(EVENT_ACTIONS as readonly [EventAction, ...EventAction[]])).min(1);
const subjectKinds = z.array(z.enum(SUBJECT_KINDS)).min(1);
const leastValue = z.number().nonnegative();

const responseSchema = z.strictObject({
  kind: z.literal('response'),
  name,
  /** Any of them counts. */
  actions,
  /** After the place was seen. */
  windowMs,
  /** Smallest value that counts, seconds of dwell or units of money. @default any, and none at all */
  leastValue: leastValue.optional(),
  /** Kinds of subject that have the task. @default all */
  subjectKinds: subjectKinds.optional(),
});

const conversionSchema = z.strictObject({
  kind: z.literal('conversion'),
  name,
  actions,
  windowMs,
  leastValue: leastValue.optional(),
  /** Kinds of subject that the action is done on: a place has the task where its subject, or one that it mentions, is of these. */
  targetKinds: subjectKinds,
  /** Subjects of this kind with this tag have the task too, and any such action of the user counts for them, whatever it was done on. */
  anyTargetFor: z.array(z.strictObject({ subjectKind: z.enum(SUBJECT_KINDS), tag: z.string().min(1) })).default([]),
});

const returnSchema = z
  .strictObject({
    kind: z.literal('return'),
    name,
    /** @default session-start */
    actions: actions.default(['session-start']),
    /** Earliest and latest return that counts, after the place was seen. */
    fromMs: windowMs,
    toMs: windowMs,
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, { error: 'fromMs must be below toMs', path: ['toMs'] });

/**
 * A task: what counts as a positive outcome of a place.
 *
 * - `response`: one of the actions on the same request and subject, when the place was seen or up to `windowMs` after.
 * - `conversion`: one of the actions by the user, after the place was seen and up to `windowMs` after, on its subject or one that it
 *   mentions; with `anyTargetFor`, on anything.
 * - `return`: one of the actions by the user `fromMs` to `toMs` after the place was seen, whatever it is about.
 */
export const taskSchema = z.discriminatedUnion('kind', [responseSchema, conversionSchema, returnSchema]);

/** A {@link taskSchema task} that was checked. */
export type TaskDeclaration = z.infer<typeof taskSchema>;
/** A task of the kind `response`. */
export type ResponseTask = z.infer<typeof responseSchema>;
/** A task of the kind `conversion`. */
export type ConversionTask = z.infer<typeof conversionSchema>;
/** A task of the kind `return`. */
export type ReturnTask = z.infer<typeof returnSchema>;

/**
 * Checks a declaration of tasks.
 *
 * @throws {TaskDeclarationError} that names every field at fault, or a name that stands twice
 */
export function checkTasks(input: unknown): readonly TaskDeclaration[] {
  const checked = z.array(taskSchema).min(1).max(TASKS_MAX).safeParse(input);
  if (!checked.success) throw new TaskDeclarationError(`\n${z.prettifyError(checked.error)}`, { issues: checked.error.issues });
  const names = checked.data.map((task) => task.name);
  const twice = names.find((task, at) => names.indexOf(task) < at);
  if (twice !== undefined)
    throw new TaskDeclarationError(`"${twice}" is declared twice. Give each task a name of its own.`, { name: twice });
  return checked.data;
}

/** Milliseconds after a place was seen from which on no outcome of a task can happen any more. */
export function horizonOf(task: TaskDeclaration): number {
  return task.kind === 'return' ? task.toMs : task.windowMs;
}
