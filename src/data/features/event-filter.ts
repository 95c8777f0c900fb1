import type { Event } from '../events/event.ts';
import type { EventFilter, EventNumber } from './feature-declaration.ts';

/** Whether an event counts by a filter: all conditions that are given hold. */
export function passesFilter(where: EventFilter, event: Event): boolean {
  if (where.actions !== undefined && !where.actions.includes(event.action)) return false;
  if (where.subjectKinds !== undefined && (event.subject === null || !where.subjectKinds.includes(event.subject.kind))) return false;
  const { surface } = event.context;
  if (where.surfaces !== undefined && (surface === null || !where.surfaces.includes(surface))) return false;
  return where.valueMin === undefined || (event.value !== null && event.value >= where.valueMin);
}

/** The number that an event adds; null where it has none, and then it does not count. */
export function eventNumber(of: EventNumber, event: Event): number | null {
  return of === 'one' ? 1 : event[of];
}

/** Filter of the market features: only events of this action tell a price. */
export const PRICES: EventFilter = { actions: ['price'] };

/** The price that an event tells; null for other events, and where it is not above 0: no return can be taken of it. */
export function eventPrice(event: Event): number | null {
  return event.action === 'price' && event.value !== null && event.value > 0 ? event.value : null;
}
