import type { Event } from '../../data/events/event.ts';
import type { SentBody, SentEvent } from './bad-events.fixture.ts';
import type { EventsAnswer } from './events-schema.ts';

/** What came of a run of bad events. All but the first two, and the bodies, have to be 0. */
export interface BadEventsTally {
  goodEvents: number;
  badEvents: number;
  bodiesRefused: number;
  /** Bad events that were not rejected, or without outcome, reason, field and message; bodies with another status than the right one. */
  badUnexplained: number;
  /** Good events that were answered otherwise than as accepted. */
  goodRefused: number;
  /** 5xx answers, and requests without an answer. */
  serverErrors: number;
  strangersMiscounted: number;
  /** The first few of whatever went wrong. */
  readonly problems: string[];
}

/** Sends bodies to a server and holds its answers against what was expected. */
export function createBadEventsCheck(url: string) {
  const tally: BadEventsTally = {
    goodEvents: 0,
    badEvents: 0,
    bodiesRefused: 0,
    badUnexplained: 0,
    goodRefused: 0,
    serverErrors: 0,
    strangersMiscounted: 0,
    problems: [],
  };
  const sent: SentEvent[] = [];

  function note(problem: string): void {
    if (tally.problems.length < 20) tally.problems.push(problem);
  }

  async function send(body: SentBody): Promise<void> {
    let status = 0;
    let text = '';
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: new Uint8Array(body.bytes) });
      status = response.status;
      text = await response.text();
    } catch (error) {
      // A server that refuses a body before it has all of it may close the connection under the sender.
      if (body.statuses.includes(413)) status = 413;
      else text = String(error);
    }
    if (status === 0 || status >= 500) {
      tally.serverErrors++;
      note(`${body.kind}: status ${status} ${text.slice(0, 200)}`);
    } else if (!body.statuses.includes(status)) {
      tally.badUnexplained++;
      note(`${body.kind}: status ${status}, expected ${body.statuses.join(' or ')}: ${text.slice(0, 200)}`);
    } else if (body.events === null) {
      tally.bodiesRefused++;
      if (status !== 413 && !/"code":"[A-Z_]+","message":"./.test(text)) tally.badUnexplained++;
    } else {
      compare(body.events, JSON.parse(text) as EventsAnswer);
    }
  }

  function compare(events: readonly SentEvent[], answer: EventsAnswer): void {
    for (const [at, event] of events.entries()) {
      const result = answer.results[at];
      const isGood = event.outcome === 'accepted';
      if (isGood) tally.goodEvents++;
      else tally.badEvents++;
      const isExplained =
        result?.outcome !== 'invalid' || (result.reason !== undefined && result.field !== undefined && (result.message ?? '') !== '');
      if (result?.outcome === event.outcome && isExplained) {
        if (isGood) sent.push(event);
        continue;
      }
      if (isGood) tally.goodRefused++;
      else tally.badUnexplained++;
      note(`${event.kind}: ${JSON.stringify(result)}, expected ${event.outcome}: ${event.json.slice(0, 300)}`);
    }
    const counts = [answer.accepted, answer.duplicate, answer.tooLate, answer.inFuture, answer.invalid];
    const strangers = events.filter(({ isOfStranger }) => isOfStranger).length;
    if (counts.reduce((sum, count) => sum + count, 0) !== events.length) note('the counts do not add up to the batch');
    if (answer.unknownUsers !== strangers) tally.strangersMiscounted++;
  }

  return {
    tally,
    send,
    /** Holds what the log has against what was acknowledged: each good event once and as it was sent, nothing else. */
    compareLog(events: Iterable<Event>): { goodLost: number; goodTwice: number; notSent: number; changed: number } {
      const times = new Map<string, number>();
      const stored = new Map<string, Event>();
      for (const event of events) {
        times.set(event.id, (times.get(event.id) ?? 0) + 1);
        stored.set(event.id, event);
      }
      const found = { goodLost: 0, goodTwice: 0, notSent: 0, changed: 0 };
      for (const { id, json } of sent) {
        const event = stored.get(id!);
        if (event === undefined) found.goodLost++;
        else if (!isSame(event, JSON.parse(json) as Record<string, unknown>)) found.changed++;
        if ((times.get(id!) ?? 0) > 1) found.goodTwice++;
      }
      const ids = new Set(sent.map(({ id }) => id));
      for (const id of stored.keys()) if (!ids.has(id)) found.notSent++;
      return found;
    },
  };
}

function isSame(event: Event, fields: Record<string, unknown>): boolean {
  const subject = (fields['subject'] ?? null) as { id: string } | null;
  return (
    event.action === fields['action'] &&
    event.timeMs === fields['timeMs'] &&
    event.userId === (fields['userId'] ?? null) &&
    event.value === (fields['value'] ?? null) &&
    event.query === (fields['query'] ?? null) &&
    (event.subject?.id ?? null) === (subject?.id ?? null)
  );
}
