import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { domainOf } from '../../data/events/event-actions.ts';
import type { EventDomain } from '../../data/events/event-actions.ts';
import type { Event } from '../../data/events/event.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { LogBusyError } from '../../data/events/event-log-errors.ts';
import { parseEvents } from '../../data/events/parse-events.ts';
import type { EventFault } from './events-body.ts';
import type { EventResult, EventsAnswer } from './events-schema.ts';

/** Where events go. */
export interface EventIntakeOptions {
  /** Takes at least 1,000 events a batch. It is not closed with the server. */
  readonly log: EventLog;
  /**
   * For each user whether they are known (`catalogUsers` asks a catalog). Events of others are accepted and counted: a
   * user's first click may well be faster than their record. @default nobody is asked
   */
  readonly knownUsers?: (userIds: readonly string[]) => Promise<readonly boolean[]>;
}

/** What an intake tells the metrics. */
export interface EventObserver {
  observeAccepted(domain: EventDomain, events: number): void;
  observeRejected(reason: string, events: number): void;
  observeUnknownUsers(events: number): void;
  observeAppend(durationMs: number, failed: boolean): void;
}

/** Takes batches of untrusted events. */
export interface EventIntake {
  /**
   * Reads events one by one, appends those that are sound, and says what became of each. It resolves when the accepted
   * ones are on the disk.
   *
   * @throws what the log's `append` throws; nothing of the batch was stored then, and sending it again is safe
   */
  take(inputs: readonly unknown[], faults: ReadonlyMap<number, EventFault>): Promise<EventsAnswer>;
}

const faultMessages: Readonly<Record<EventFault, string>> = {
  'too-deep': 'the event nests deeper than 16 levels',
  'duplicate-field': 'an object of the event has the same key twice; keep one',
};

/** An intake that writes to a log. */
export function createEventIntake(
  { log, knownUsers }: EventIntakeOptions,
  { clock, logger, observer }: { readonly clock: Clock; readonly logger: Logger; readonly observer: EventObserver },
): EventIntake {
  async function append(events: readonly Event[]) {
    const startMs = clock.monotonicMs();
    let failed = true;
    try {
      const appended = await log.append(events);
      failed = false;
      return appended;
    } catch (error) {
      if (!(error instanceof LogBusyError)) logger.error('events-not-stored', { error, events: events.length });
      throw error;
    } finally {
      observer.observeAppend(clock.monotonicMs() - startMs, failed);
    }
  }

  /** Accepted events of users that nobody knows; null where nobody was asked, or could answer. */
  async function countUnknownUsers(accepted: readonly Event[]): Promise<number | null> {
    if (knownUsers === undefined) return null;
    const userIds = [...new Set(accepted.map(({ userId }) => userId).filter((userId) => userId !== null))];
    try {
      const known = await knownUsers(userIds);
      const unknown = new Set(userIds.filter((_, at) => known[at] !== true));
      return accepted.reduce((count, { userId }) => count + Number(userId !== null && unknown.has(userId)), 0);
    } catch (error) {
      // The events are stored; that they could not be counted must not make the sender send them again.
      logger.warn('users-not-looked-up', { error });
      return null;
    }
  }

  return {
    async take(inputs, faults) {
      const results: EventResult[] = Array.from(inputs, () => ({ outcome: 'accepted' }));
      const places: number[] = [];
      for (const at of inputs.keys()) {
        const fault = faults.get(at);
        if (fault === undefined) places.push(at);
        else results[at] = { outcome: 'invalid', reason: fault, field: '', message: faultMessages[fault] };
      }
      const sound = faults.size === 0 ? inputs : places.map((at) => inputs[at]);
      const { events, indices, rejected } = parseEvents(sound, clock.nowMs());
      for (const { index, reason, path, message } of rejected) {
        results[places[index]!] = { outcome: 'invalid', reason, field: path, message };
      }
      if (events.length > 0) {
        for (const { index, reason } of (await append(events)).rejected) results[places[indices[index]!]!] = { outcome: reason };
      }
      const accepted = events.filter((_, index) => results[places[indices[index]!]!]!.outcome === 'accepted');
      const unknownUsers = await countUnknownUsers(accepted);
      observe(observer, accepted, results, unknownUsers ?? 0);
      const count = (outcome: EventResult['outcome']) => results.reduce((sum, result) => sum + Number(result.outcome === outcome), 0);
      return {
        accepted: accepted.length,
        duplicate: count('duplicate'),
        tooLate: count('too-late'),
        inFuture: count('in-future'),
        invalid: count('invalid'),
        ...(unknownUsers === null ? {} : { unknownUsers }),
        results,
      };
    },
  };
}

function observe(observer: EventObserver, accepted: readonly Event[], results: readonly EventResult[], unknownUsers: number): void {
  for (const [domain, events] of Map.groupBy(accepted, ({ action }) => domainOf(action))) observer.observeAccepted(domain, events.length);
  const rejected = results.filter(({ outcome }) => outcome !== 'accepted');
  for (const [reason, events] of Map.groupBy(rejected, (result) => result.reason ?? result.outcome)) {
    observer.observeRejected(reason, events.length);
  }
  observer.observeUnknownUsers(unknownUsers);
}
