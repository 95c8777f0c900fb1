import { z } from 'zod';
import { EVENT_SCHEMA_VERSION } from './event.ts';
import { domainOf, EVENT_ACTIONS, SUBJECT_KINDS, type EventAction } from './event-actions.ts';

/** What an event from outside may measure. Lengths are in UTF-16 code units. */
export const EVENT_BOUNDS = {
  /** Of every id and name: event, user, subject, author, instrument, surface, session, request, model version, experiment, arm. */
  idLengthMax: 128,
  tagLengthMax: 64,
  tagsMax: 32,
  instrumentsMax: 16,
  queryLengthMax: 1000,
  experimentsMax: 16,
  positionMax: 10_000,
  /** Of values and quantities, either way: sums of a million of them are exact to a part in 10^9, and finite. */
  sizeMax: 1e15,
  /** Longest look at one thing: a day. */
  dwellMsMax: 86_400_000,
  /** 2100-01-01; the earliest is the epoch. */
  timeMsMax: 4_102_444_800_000,
} as const;

// Half a surrogate pair cannot be written as UTF-8, so it would come back as another text.
const NAME = /^[^\p{Cc}\p{Cs}]+$/u;
const TEXT = /^[^\0\p{Cs}]*$/u;

const name = (lengthMax: number) => z.string().min(1).max(lengthMax).regex(NAME);
const id = name(EVENT_BOUNDS.idLengthMax);
const optionalId = id.nullish();
const timeMs = z.int().min(0).max(EVENT_BOUNDS.timeMsMax);

const subjectSchema = z.object({
  kind: z.enum(SUBJECT_KINDS),
  id,
  authorId: optionalId,
  tags: z.array(name(EVENT_BOUNDS.tagLengthMax)).max(EVENT_BOUNDS.tagsMax).nullish(),
  /** Where it is missing, an instrument's own id stands in. */
  instruments: z.array(id).max(EVENT_BOUNDS.instrumentsMax).nullish(),
});

const contextSchema = z.object({
  surface: optionalId,
  sessionId: optionalId,
  requestId: optionalId,
  position: z.int().min(0).max(EVENT_BOUNDS.positionMax).nullish(),
  propensity: z.number().gt(0).max(1).nullish(),
  modelVersion: optionalId,
  experiments: z
    .record(id, id)
    .refine((arms) => Object.keys(arms).length <= EVENT_BOUNDS.experimentsMax, {
      params: { reason: 'too-long' },
      error: `more than ${EVENT_BOUNDS.experimentsMax} experiments`,
    })
    .nullish(),
});

/** The fields of an event from outside, each by itself. What the action asks for on top is {@link actionRule}. */
export const eventFieldsSchema = z.object({
  id,
  userId: optionalId,
  subject: subjectSchema.nullish(),
  action: z.enum(EVENT_ACTIONS as readonly [EventAction, ...EventAction[]]),
  value: z.number().nullish(),
  quantity: z.number().nullish(),
  query: z.string().max(EVENT_BOUNDS.queryLengthMax).regex(TEXT).nullish(),
  timeMs,
  context: contextSchema.nullish(),
  schemaVersion: z.int().min(1).max(EVENT_SCHEMA_VERSION).optional(),
});

/** An event from outside whose fields are sound. */
export type EventInput = z.infer<typeof eventFieldsSchema>;

/** A rule of {@link actionRule} that an event breaks. */
export interface BrokenRule {
  readonly reason: 'user-mismatch' | 'subject-mismatch' | 'value-mismatch' | 'query-mismatch';
  readonly field: 'userId' | 'subject' | 'value' | 'quantity' | 'query';
  readonly message: string;
}

/** The fields that {@link actionRule} looks at. */
type RuledFields = Pick<EventInput, 'action' | 'userId' | 'value' | 'quantity' | 'query'> & {
  readonly subject?: { readonly kind: string } | null | undefined;
};

/** Actions that are about nothing in particular. */
const WITHOUT_SUBJECT: ReadonlySet<EventAction> = new Set(['query', 'refine', 'deposit', 'withdrawal', 'session-start', 'session-end']);

/** Whether events of an action are about something; those that are not have no subject. */
export function actionHasSubject(action: EventAction): boolean {
  return !WITHOUT_SUBJECT.has(action);
}

/** Whether a text may be an id or a name of an event, but for its length. */
export function isEventName(text: string): boolean {
  return NAME.test(text);
}

/** Actions whose value is money: a whole number of minor units. */
const WITH_AMOUNT: ReadonlySet<EventAction> = new Set(['order-placed', 'trade-filled', 'deposit', 'withdrawal']);

/**
 * What an action asks of the fields beside it; null where all is well.
 *
 * - `userId` is null for `market` actions and for no other.
 * - `query`, `refine`, deposits, withdrawals and sessions have no subject, all others have one; a `price` is of an instrument.
 * - `dwell` needs a value from 0 to a day, `price` one above 0, `deposit` and `withdrawal` an amount; amounts are whole numbers from 0;
 *   the value of `session-end` is not negative.
 * - No value or quantity is larger than `EVENT_BOUNDS.sizeMax`, no dwell longer than `EVENT_BOUNDS.dwellMsMax`: one client could spoil every sum.
 * - `query` and `refine` need their text.
 */
export function actionRule(event: RuledFields): BrokenRule | null {
  const { action, value } = event;
  const hasUser = event.userId !== null && event.userId !== undefined;
  if (domainOf(action) === 'market') {
    if (hasUser) return { reason: 'user-mismatch', field: 'userId', message: `"${action}" is a market event: userId must be null` };
  } else if (!hasUser) return { reason: 'user-mismatch', field: 'userId', message: `"${action}" needs a userId` };

  const subject = event.subject ?? null;
  if (WITHOUT_SUBJECT.has(action)) {
    if (subject !== null) return { reason: 'subject-mismatch', field: 'subject', message: `"${action}" has no subject: it must be null` };
  } else if (subject === null) {
    return { reason: 'subject-mismatch', field: 'subject', message: `"${action}" needs a subject` };
  } else if (action === 'price' && subject.kind !== 'instrument') {
    return { reason: 'subject-mismatch', field: 'subject', message: '"price" needs a subject of kind "instrument"' };
  }

  const problem = valueProblem(action, value ?? null);
  if (problem !== null) return { reason: 'value-mismatch', field: 'value', message: `"${action}" needs ${problem}` };

  const quantity = event.quantity ?? 0;
  if (Math.abs(quantity) > EVENT_BOUNDS.sizeMax) {
    return { reason: 'value-mismatch', field: 'quantity', message: `a quantity is at most ${EVENT_BOUNDS.sizeMax}, got ${quantity}` };
  }

  if ((action === 'query' || action === 'refine') && (event.query ?? '') === '') {
    return { reason: 'query-mismatch', field: 'query', message: `"${action}" needs a query` };
  }
  return null;
}

function valueProblem(action: EventAction, value: number | null): string | null {
  if (WITH_AMOUNT.has(action)) {
    if (value === null) return action === 'deposit' || action === 'withdrawal' ? 'an amount in minor units as value' : null;
    return Number.isSafeInteger(value) && value >= 0 ? null : 'a whole number of minor units from 0 as value';
  }
  if (action === 'dwell') {
    return value !== null && value >= 0 && value <= EVENT_BOUNDS.dwellMsMax ? null : 'milliseconds from 0 to those of a day as value';
  }
  if (value !== null && Math.abs(value) > EVENT_BOUNDS.sizeMax) return `a value of at most ${EVENT_BOUNDS.sizeMax}`;
  if (action === 'session-end') return value === null || value >= 0 ? null : 'milliseconds from 0 as value, or null';
  if (action === 'price') return value !== null && value > 0 ? null : 'a quote above 0 as value';
  return null;
}

/**
 * JSON Schema (draft 2020-12) of an event from outside. `goldens/event-schema-v1.json` is its committed form: a change that would
 * refuse events that were accepted before fails the test beside it.
 */
export function eventJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(eventFieldsSchema, { io: 'input' });
  return {
    $schema,
    title: 'Nisus event',
    description: 'Fields that are missing count as null; fields that are not named here are ignored. Actions ask for more: see actionRule.',
    ...rest,
  };
}
