import type { Event } from '../../data/events/event.ts';

/**
 * Events with ids of one life of a world against a server: event, session and request get its beginning behind them.
 *
 * A world counts its events and visits. Each life is lived through again from the seed to its beginning, under another
 * policy than lives before it went on under, so their counts differ and the same ids would come twice for different
 * events: the log would take the second for a duplicate. A visit that is under way at the beginning is cut in two by this.
 *
 * @param beginMs moment from which the life is lived against the server; no two lives have the same
 */
export function eventsOfLife(events: readonly Event[], beginMs: number): readonly Event[] {
  const life = `~${beginMs.toString(36)}`;
  const inLife = (id: string | null) => (id === null ? null : id + life);
  return events.map((event) => ({
    ...event,
    id: event.id + life,
    context: { ...event.context, sessionId: inLife(event.context.sessionId), requestId: inLife(event.context.requestId) },
  }));
}
