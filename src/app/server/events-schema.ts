import { z } from 'zod';
import { EVENT_REJECTION_REASONS } from '../../data/events/parse-events.ts';

/** Bounds of one request; stated in the OpenAPI document. */
export const eventLimits = { eventsMax: 1000 } as const;

/** Why an event is `invalid`: the reasons of the envelope's schema, and two that only JSON has. */
export const invalidReasons = [...EVENT_REJECTION_REASONS, 'too-deep', 'duplicate-field'] as const;

/** Why an event is `invalid`. */
export type InvalidReason = (typeof invalidReasons)[number];

/**
 * Body of `POST /v1/events`. What stands in `events` is read one by one, so that one that is not sound does not cost the
 * others; the number is checked by the route, which answers 413.
 */
export const eventsRequestSchema = z.strictObject({
  events: z.array(z.unknown()).meta({ description: 'What happened, in any order; each is answered by itself.' }),
});

const count = (description: string) => z.int().meta({ description });

/** What became of one event. */
export const eventResultSchema = z.strictObject({
  outcome: z.enum(['accepted', 'duplicate', 'too-late', 'in-future', 'invalid']),
  reason: z.enum(invalidReasons).optional().meta({ description: 'Where it is invalid: why.' }),
  field: z
    .string()
    .optional()
    .meta({ description: 'Where it is invalid: the field at fault, `subject.tags.3`; empty for the event itself.' }),
  message: z.string().optional().meta({ description: 'Where it is invalid: what was expected, for a person.' }),
});

/** Answer of `POST /v1/events`. */
export const eventsResponseSchema = z.strictObject({
  requestId: z.string(),
  accepted: count('Events stored: they are on the disk.'),
  duplicate: count('Events whose id is known already; nothing was changed.'),
  tooLate: count('Events that happened longer ago than the log takes.'),
  inFuture: count("Events whose time lies ahead of the server's clock by more than the log takes."),
  invalid: count('Events that do not fit the schema.'),
  unknownUsers: z.int().optional().meta({ description: 'Accepted events of users that the catalog does not know, where there is one.' }),
  results: z.array(eventResultSchema).meta({ description: 'What became of each event, in the order of the request.' }),
});

const nullableTime = z.number().nullable();

/** Answer of `GET /v1/events/statistics`. */
export const eventStatisticsSchema = z.strictObject({
  events: z.int(),
  firstOffset: z.int(),
  nextOffset: z.int(),
  bytes: z.int(),
  firstTimeMs: nullableTime,
  lastTimeMs: nullableTime,
  lastReceivedTimeMs: nullableTime,
  duplicates: z.int(),
  tooLate: z.int(),
  inFuture: z.int(),
  outOfOrder: z.int(),
});

/** What became of one event. */
export type EventResult = z.output<typeof eventResultSchema>;

/** The answer, less the id of the request. */
export type EventsAnswer = Omit<z.output<typeof eventsResponseSchema>, 'requestId'>;
