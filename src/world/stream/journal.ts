import { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event, type EventContext, type EventSubject } from '../../data/events/event.ts';
import type { EventAction } from '../../data/events/event-actions.ts';
import type { Outbox } from './outbox.ts';

/** Writes events: gives them their ids and hands them to the outbox. */
export interface Journal {
  /**
   * @param timeMs rounded down to a whole millisecond
   * @param lagMs time until the platform has it
   */
  write(
    userId: string | null,
    action: EventAction,
    subject: EventSubject | null,
    timeMs: number,
    lagMs: number,
    context?: EventContext,
    details?: EventDetails,
  ): void;
  /** Events written so far. */
  count(): number;
}

/** Fields that few events have. */
export interface EventDetails {
  readonly value?: number;
  readonly quantity?: number;
  readonly query?: string;
}

const NO_DETAILS: EventDetails = {};

/** @param prefix what all ids begin with: unique to a world and instance */
export function createJournal(outbox: Outbox, prefix: string): Journal {
  let count = 0;
  return {
    write(userId, action, subject, timeMs, lagMs, context = NO_CONTEXT, details = NO_DETAILS) {
      const happenedMs = Math.floor(timeMs);
      outbox.put({
        id: prefix + (count++).toString(36),
        userId,
        subject,
        action,
        value: details.value ?? null,
        quantity: details.quantity ?? null,
        query: details.query ?? null,
        timeMs: happenedMs,
        receivedTimeMs: happenedMs + Math.floor(lagMs),
        context,
        schemaVersion: EVENT_SCHEMA_VERSION,
      });
    },
    count: () => count,
  };
}
