import { bodyDepthMax, countKeys, duplicateField, endOfString, parseText, requireText } from './json-body.ts';
import { eventLimits } from './events-schema.ts';

/** What keeps an event of a body from being read, though the body is JSON. */
export type EventFault = 'too-deep' | 'duplicate-field';

/** A parsed body of `POST /v1/events`, not checked against its schema yet. */
export interface EventsBody {
  readonly value: unknown;
  /** By the event's place in `events`, where the body is such a batch. */
  readonly faults: ReadonlyMap<number, EventFault>;
}

interface Measure {
  /** Keys of the outermost object. */
  readonly keys: number;
  /** Of each event, as far as they are taken: levels of nesting and number of keys. */
  readonly events: readonly { depth: number; keys: number }[];
}

/**
 * Parses a batch of events as strict JSON in UTF-8, as `parseJsonBody` does, with one difference: nesting and keys that
 * stand twice are a fault of the one event, not of the body. A collector sends the events of many clients together, and
 * the client that sends nonsense must not cost the others theirs.
 *
 * Cost: two passes over the body.
 *
 * @throws RequestRejectedError with the code BODY_EMPTY, BODY_MALFORMED or FIELD_DUPLICATE (of the outermost object)
 */
export function parseEventsBody(body: Buffer): EventsBody {
  requireText(body);
  const measure = measureEvents(body);
  const value = parseText(body);
  const faults = new Map<number, EventFault>();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value, faults };
  if (Object.keys(value).length !== measure.keys) throw duplicateField();
  const { events } = value as { events?: unknown };
  // Whatever else it is, the schema refuses it: what was measured is then not of events.
  if (measure.keys !== 1 || !Array.isArray(events)) return { value, faults };
  for (const [index, { depth, keys }] of measure.events.entries()) {
    if (index >= events.length) break;
    if (depth > bodyDepthMax) faults.set(index, 'too-deep');
    else if (countKeys(events[index]) !== keys) faults.set(index, 'duplicate-field');
  }
  return { value, faults };
}

/**
 * Tells the elements of the array in the outermost object by its brackets, commas and colons outside of strings. Means
 * nothing for a text that is not JSON, which the parser refuses next.
 */
function measureEvents(body: Buffer): Measure {
  const events: { depth: number; keys: number }[] = [];
  let event = { depth: 0, keys: 0 };
  let level = 0;
  let keys = 0;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case 0x22: // "
        at = endOfString(body, at);
        break;
      case 0x3a: // :
        if (level === 1) keys++;
        else event.keys++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        level++;
        if (level === 2) events.push((event = { depth: 0, keys: 0 }));
        else event.depth = Math.max(event.depth, level - 2);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        level--;
        break;
      case 0x2c: // ,
        // One more than are taken is enough to be refused.
        if (level === 2 && events.length <= eventLimits.eventsMax) events.push((event = { depth: 0, keys: 0 }));
        break;
      default:
    }
  }
  return { keys, events };
}
