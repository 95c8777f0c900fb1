import { z } from 'zod';
import type { Event } from '../../data/events/event.ts';
import type { WorldServer } from './world-server.ts';

/** What a server made of the events that were sent. */
export interface SentEvents {
  readonly sent: number;
  readonly accepted: number;
}

const BATCH_EVENTS = 500;

/** The answer of `POST /v1/events`, as far as it is read here. */
const eventsAnswer = z.object({ accepted: z.int().min(0) });

/**
 * Sends events to `POST /v1/events` of a server, in batches, one after the other. Sending twice is safe, ids tell.
 *
 * @throws {WorldServerError} where it does not take them; the signal's reason
 */
export async function sendEvents(server: WorldServer, events: readonly Event[]): Promise<SentEvents> {
  let accepted = 0;
  for (let from = 0; from < events.length; from += BATCH_EVENTS) {
    const body = JSON.stringify({ events: events.slice(from, from + BATCH_EVENTS).map(asInput) });
    accepted += (await server.post('/v1/events', body, eventsAnswer)).accepted;
  }
  return { sent: events.length, accepted };
}

/** The received time is the server's to say. */
function asInput({ receivedTimeMs: _receivedTimeMs, ...input }: Event): Omit<Event, 'receivedTimeMs'> {
  return input;
}
