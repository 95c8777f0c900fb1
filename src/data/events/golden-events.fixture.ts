import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from './event.ts';

/** The events of `goldens/events-v1.json`: every action, every field, in the form that senders of version 1 use. */
export function goldenEvents(): Event[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'goldens', 'events-v1.json'), 'utf8')) as Event[];
}
