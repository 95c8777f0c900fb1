import { z } from 'zod';
import { printableText } from '../../base/printable-text.ts';
import { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event, type EventContext, type EventSubject } from './event.ts';
import { actionRule, eventFieldsSchema, type EventInput } from './event-schema.ts';

// Reads several times as fast as the schema itself and falls back to it for whatever is not sound.
const compiledFields = z.compile(eventFieldsSchema, { strict: true });

/** Why an event from outside was turned away. Stable: they stand in answers and metrics. */
export const EVENT_REJECTION_REASONS = [
  'not-an-object',
  'missing-field',
  'wrong-type',
  /** Empty, a control character, or half a surrogate pair. */
  'invalid-text',
  /** A text or a list. */
  'too-long',
  /** A number. */
  'out-of-range',
  /** Not one of the names that are known. */
  'unknown-value',
  'schema-too-new',
  'user-mismatch',
  'subject-mismatch',
  'value-mismatch',
  'query-mismatch',
] as const;

/** One of the {@link EVENT_REJECTION_REASONS}. */
export type EventRejectionReason = (typeof EVENT_REJECTION_REASONS)[number];

/** An event that was turned away. */
export interface RejectedEvent {
  /** In the input. */
  readonly index: number;
  readonly reason: EventRejectionReason;
  /** The field, dotted: `subject.tags.3`; empty for the event itself. */
  readonly path: string;
  /** Names the field, what was expected and what was there, cut to a line. */
  readonly message: string;
}

/** What {@link parseEvents} made of its input. */
export interface ParsedEvents {
  readonly events: Event[];
  /** `[events]`: where each stood in the input. */
  readonly indices: number[];
  readonly rejected: RejectedEvent[];
}

/**
 * Reads untrusted JSON values as events, each by itself: a bad one does not harm its neighbours. Missing optional fields become
 * null or empty, unknown fields are ignored, a received time in the input too. Never throws on what `JSON.parse` can give.
 *
 * @param receivedTimeMs when the input came, on our clock, milliseconds since the epoch
 * Cost: about 1.5 µs an event.
 */
export function parseEvents(inputs: readonly unknown[], receivedTimeMs: number): ParsedEvents {
  const parsed: ParsedEvents = { events: [], indices: [], rejected: [] };
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index];
    const result = compiledFields.safeParse(input);
    if (!result.success) {
      parsed.rejected.push(rejection(index, input, result.error.issues[0]!));
      continue;
    }
    const broken = actionRule(result.data);
    if (broken !== null) {
      const message = `${broken.message}, got ${show(result.data[broken.field])}`;
      parsed.rejected.push({ index, reason: broken.reason, path: broken.field, message });
      continue;
    }
    parsed.events.push(toEvent(result.data, receivedTimeMs));
    parsed.indices.push(index);
  }
  return parsed;
}

function toEvent(input: EventInput, receivedTimeMs: number): Event {
  return {
    id: input.id,
    userId: input.userId ?? null,
    subject: input.subject === null || input.subject === undefined ? null : toSubject(input.subject),
    action: input.action,
    value: input.value ?? null,
    quantity: input.quantity ?? null,
    query: input.query ?? null,
    timeMs: input.timeMs,
    receivedTimeMs,
    context: input.context === null || input.context === undefined ? NO_CONTEXT : toContext(input.context),
    schemaVersion: input.schemaVersion ?? EVENT_SCHEMA_VERSION,
  };
}

function toSubject(input: NonNullable<EventInput['subject']>): EventSubject {
  return {
    kind: input.kind,
    id: input.id,
    authorId: input.authorId ?? null,
    tags: input.tags ?? [],
    instruments: input.instruments ?? (input.kind === 'instrument' ? [input.id] : []),
  };
}

function toContext(input: NonNullable<EventInput['context']>): EventContext {
  return {
    surface: input.surface ?? null,
    sessionId: input.sessionId ?? null,
    requestId: input.requestId ?? null,
    position: input.position ?? null,
    propensity: input.propensity ?? null,
    modelVersion: input.modelVersion ?? null,
    experiments: input.experiments ?? null,
  };
}

function rejection(index: number, input: unknown, issue: z.core.$ZodIssue): RejectedEvent {
  const found = valueAt(input, issue.path);
  const path = printableText(issue.path.join('.'), 120);
  const reason = reasonOf(issue, found);
  const field = path === '' ? 'the event' : path;
  if (reason === 'missing-field') return { index, reason, path, message: `${field} is missing` };
  if (reason === 'schema-too-new') {
    const message = `schemaVersion ${show(found)} is newer than ${EVENT_SCHEMA_VERSION}, the latest that is known here`;
    return { index, reason, path, message };
  }
  return { index, reason, path, message: `${field}: ${printableText(issue.message, 400)}, got ${show(found)}` };
}

function reasonOf(issue: z.core.$ZodIssue, found: unknown): EventRejectionReason {
  if (issue.path.length === 0) return 'not-an-object';
  switch (issue.code) {
    case 'invalid_type':
      if (found === undefined) return 'missing-field';
      // Fractions and infinities are of another type to zod, and only out of range to a sender.
      return typeof found === 'number' && /^(int|number)$/.test(issue.expected) ? 'out-of-range' : 'wrong-type';
    case 'too_big':
      if (issue.path[0] === 'schemaVersion') return 'schema-too-new';
      return issue.origin === 'string' || issue.origin === 'array' ? 'too-long' : 'out-of-range';
    case 'too_small':
      return issue.origin === 'string' ? 'invalid-text' : 'out-of-range';
    case 'invalid_format':
      return 'invalid-text';
    case 'invalid_value':
      if (found === undefined) return 'missing-field';
      return typeof found === 'string' ? 'unknown-value' : 'wrong-type';
    case 'invalid_key':
      return 'invalid-text';
    case 'custom':
      return 'too-long';
    default:
      return 'wrong-type';
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A value in a message: short, on one line, without going through a large one. */
function show(value: unknown): string {
  if (typeof value === 'string') return `"${printableText(value.slice(0, 61).toWellFormed(), 60)}"`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  return value === undefined ? 'nothing' : typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}
