import type { Event } from '../../data/events/event.ts';
import { WorldServerError } from './world-errors.ts';

/** What a server made of the events that were sent. */
export interface SentEvents {
  readonly sent: number;
  readonly accepted: number;
}

const BATCH_EVENTS = 500;
/** How often a batch is sent again when the server says "later". */
const TRIES_MAX = 5;

/** The answer of `POST /v1/events`, as far as it is read here. */
interface EventsAnswer {
  readonly accepted: number;
}

/**
 * Sends events to `POST /v1/events` of a server, in batches, one after the other. Where the server says that it is busy
 * (429, 503) the batch is sent again after the time that it names: sending twice is safe, ids tell.
 *
 * @throws {WorldServerError} where it does not take them; the signal's reason
 */
export async function sendEvents(
  url: string,
  events: readonly Event[],
  { signal, wait }: { readonly signal: AbortSignal; readonly wait: (ms: number) => Promise<void> },
): Promise<SentEvents> {
  let accepted = 0;
  for (let from = 0; from < events.length; from += BATCH_EVENTS) {
    const body = JSON.stringify({ events: events.slice(from, from + BATCH_EVENTS).map(asInput) });
    accepted += await sendBatch(url, body, signal, wait);
  }
  return { sent: events.length, accepted };
}

/** The received time is the server's to say. */
function asInput({ receivedTimeMs: _receivedTimeMs, ...input }: Event): Omit<Event, 'receivedTimeMs'> {
  return input;
}

async function sendBatch(url: string, body: string, signal: AbortSignal, wait: (ms: number) => Promise<void>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal,
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new WorldServerError(url, cause instanceof Error ? cause.message : String(cause), cause);
    });
    if (response.ok) return ((await response.json()) as EventsAnswer).accepted;
    const problem = `it answered ${response.status} to events: ${(await response.text()).slice(0, 200)}`;
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === TRIES_MAX) throw new WorldServerError(url, problem);
    await wait(1000 * secondsOf(response.headers.get('retry-after')));
  }
}

/** A `Retry-After` in seconds; one second where there is none, or one that is a date. */
function secondsOf(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : 1;
}
