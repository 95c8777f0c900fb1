import type { Event } from '../../data/events/event.ts';
import type { EventLog } from '../../data/events/event-log.ts';

/** Hands events on to a log, several batches at a time, so that making and writing them overlap. */
export interface AppendInFlight {
  /** Takes events in order; resolves when there is room for more. */
  add(events: readonly Event[]): Promise<void>;
  /** Resolves when everything taken is on the disk. */
  finish(): Promise<void>;
  counts(): { readonly accepted: number; readonly rejected: number };
}

const BATCH_EVENTS = 1000;
const BATCHES_IN_FLIGHT_MAX = 8;

/** @throws what the log throws, from the next call */
export function appendInFlight(log: EventLog): AppendInFlight {
  const flying = new Set<Promise<void>>();
  let waiting: Event[] = [];
  let accepted = 0;
  let rejected = 0;
  let failure: { readonly error: unknown } | null = null;

  async function fly(events: readonly Event[]): Promise<void> {
    try {
      const result = await log.append(events);
      accepted += result.accepted;
      rejected += result.rejected.length;
    } catch (error) {
      failure ??= { error };
    }
  }

  async function append(events: readonly Event[]): Promise<void> {
    if (flying.size >= BATCHES_IN_FLIGHT_MAX) await Promise.race(flying);
    if (failure !== null) throw failure.error;
    const flight = fly(events).finally(() => flying.delete(flight));
    flying.add(flight);
  }

  return {
    async add(events) {
      for (const event of events) {
        waiting.push(event);
        if (waiting.length < BATCH_EVENTS) continue;
        const batch = waiting;
        waiting = [];
        await append(batch);
      }
    },
    async finish() {
      if (waiting.length > 0) await append(waiting);
      waiting = [];
      await Promise.all(flying);
      if (failure !== null) throw failure.error;
    },
    counts: () => ({ accepted, rejected }),
  };
}
