import type { EventAction, SubjectKind } from './event-actions.ts';

/** Version of the envelope that this code writes. Older ones are read; a newer one is refused with its number. */
export const EVENT_SCHEMA_VERSION = 1;

/**
 * One thing that happened: the envelope of all domains. Every field is there, `null` where there is nothing to say, so
 * that all events have one shape. `event-schema.ts` reads untrusted input into this form.
 */
export interface Event {
  /** Chosen by the sender, unique over all time: an id that the log holds already is a duplicate and changes nothing. */
  readonly id: string;
  /** Who did it; null for `market` events and for nothing else. */
  readonly userId: string | null;
  /** What it is about; null for deposits, withdrawals, sessions and queries. */
  readonly subject: EventSubject | null;
  readonly action: EventAction;
  /**
   * By action: `dwell` milliseconds; `order-placed`, `trade-filled`, `deposit`, `withdrawal` an amount in integer minor
   * units of the platform's reference currency; `session-end` milliseconds; `price` a quote per unit. Else null or free.
   */
  readonly value: number | null;
  /** A second number where there is one: units ordered or filled, volume behind a `price`, results of a `query`. */
  readonly quantity: number | null;
  /** Text of a `query` or `refine`. */
  readonly query: string | null;
  /** When it happened, on the sender's clock, milliseconds since the epoch. */
  readonly timeMs: number;
  /** When we got it, milliseconds since the epoch. A log keeps this rising: see `EventLog.append`. */
  readonly receivedTimeMs: number;
  readonly context: EventContext;
  readonly schemaVersion: number;
}

/** What an event is about, with what was true of it then: a log can be read without the catalog of that day. */
export interface EventSubject {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly authorId: string | null;
  readonly tags: readonly string[];
  /** Ids of instruments that it mentions; of an instrument: its own. */
  readonly instruments: readonly string[];
}

/** Where and under which decision it happened. */
export interface EventContext {
  /** Part of the app: `feed`, `search`, `instrument-page`, … */
  readonly surface: string | null;
  readonly sessionId: string | null;
  /** The request whose answer showed the subject. */
  readonly requestId: string | null;
  /** Place on the page, from 0. */
  readonly position: number | null;
  /** Probability with which the policy showed the subject there, in (0, 1]. */
  readonly propensity: number | null;
  readonly modelVersion: string | null;
  /** Arm by experiment; null where none ran. */
  readonly experiments: Readonly<Record<string, string>> | null;
}

/** The context of an event that no page led to. */
export const NO_CONTEXT: EventContext = {
  surface: null,
  sessionId: null,
  requestId: null,
  position: null,
  propensity: null,
  modelVersion: null,
  experiments: null,
};
