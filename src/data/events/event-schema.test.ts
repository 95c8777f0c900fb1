import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_ACTIONS, SUBJECT_KINDS } from './event-actions.ts';
import { eventJsonSchema } from './event-schema.ts';
import { goldenEvents } from './golden-events.fixture.ts';
import { parseEvents } from './parse-events.ts';

type Schema = Readonly<Record<string, unknown>>;

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'goldens', 'event-schema-v1.json'), 'utf8')) as Schema;

/**
 * What a schema refuses that an older one let through, as paths: a field that is gone, one that is required now, an alternative, a
 * type or a name that is gone, a bound that is tighter, a pattern that is another.
 */
function refusals(older: unknown, newer: unknown, path = ''): string[] {
  if (Array.isArray(older)) {
    if (!Array.isArray(newer)) return [path];
    return older.flatMap((value, at) => refusals(value, newer[at], `${path}/${at}`));
  }
  if (typeof older !== 'object' || older === null) {
    if (older === newer) return [];
    const isLooser =
      (/\/(maximum|maxLength|maxItems)$/.test(path) && Number(newer) > Number(older)) ||
      (/\/(minimum|minLength|exclusiveMinimum)$/.test(path) && Number(newer) < Number(older));
    return isLooser || /\/(description|title|\$schema)$/.test(path) ? [] : [path];
  }
  if (typeof newer !== 'object' || newer === null) return [path];
  const [before, now] = [older as Schema, newer as Schema];
  const required = ((now['required'] as string[] | undefined) ?? []).filter((name) => {
    return !((before['required'] as string[] | undefined) ?? []).includes(name);
  });
  return [
    ...required.map((name) => `${path}/required/${name}`),
    ...Object.keys(before).flatMap((key) => (key === 'required' ? [] : refusals(before[key], now[key], `${path}/${key}`))),
  ];
}

describe('the schema of events', () => {
  it('is the committed one: additions go into a golden of their own', () => {
    expect(eventJsonSchema()).toEqual(golden);
  });

  it('refuses nothing that version 1 let through', () => {
    expect(refusals(golden, eventJsonSchema())).toEqual([]);
  });

  it('has a check of its own evolution that sees each kind of narrowing', () => {
    const properties = golden['properties'] as Record<string, Schema>;
    const changed = (fields: Record<string, unknown>) => refusals(golden, { ...golden, properties: { ...properties, ...fields } });
    const { query: _query, ...withoutQuery } = properties;
    expect(refusals(golden, { ...golden, properties: withoutQuery })).toEqual(['/properties/query']);
    expect(refusals(golden, { ...golden, required: ['id', 'action', 'timeMs', 'userId'] })).toEqual(['/required/userId']);
    const actions = properties['action']!['enum'] as string[];
    expect(changed({ action: { type: 'string', enum: actions.slice(0, -1) } })).toEqual(['/properties/action/enum/22']);
    expect(changed({ action: { type: 'string', enum: [...actions, 'wave'] } })).toEqual([]);
    expect(changed({ timeMs: { ...properties['timeMs'], maximum: 5 } })).toEqual(['/properties/timeMs/maximum']);
    expect(changed({ later: { type: 'string' } })).toEqual([]);
  });

  it('keeps actions and kinds in the order of their stored codes', () => {
    const events = goldenEvents();
    const stored = [...new Set(events.map((event) => event.action))];
    expect(EVENT_ACTIONS.slice(0, stored.length)).toEqual(stored);
    expect(SUBJECT_KINDS.slice(0, 3)).toEqual(['content', 'feature', 'instrument']);
  });

  it('reads every event of version 1, as senders wrote them', () => {
    const events = goldenEvents();
    const { rejected, events: parsed } = parseEvents(events, 7);
    expect(rejected).toEqual([]);
    expect(parsed).toEqual(events.map((event) => ({ ...event, receivedTimeMs: 7 })));
  });
});
