import type { Event } from '../../events/event.ts';
import type { EventFilter, EventNumber } from '../feature-declaration.ts';

/** Whether an event fulfils a filter; its actions are checked by the caller's table. */
export function passesBeyondAction(event: Event, filter: EventFilter): boolean {
  if (filter.subjectKinds !== undefined && (event.subject === null || !filter.subjectKinds.includes(event.subject.kind))) return false;
  if (filter.surfaces !== undefined && (event.context.surface === null || !filter.surfaces.includes(event.context.surface))) return false;
  return filter.valueMin === undefined || (event.value !== null && event.value >= filter.valueMin);
}

/** Whether a filter asks for more than an action. */
export function asksBeyondAction(filter: EventFilter): boolean {
  return filter.subjectKinds !== undefined || filter.surfaces !== undefined || filter.valueMin !== undefined;
}

/** A number of an event; NaN where it has none. */
export function numberOf(event: Event, of: EventNumber): number {
  if (of === 'one') return 1;
  const number = of === 'value' ? event.value : event.quantity;
  return number ?? Number.NaN;
}
