import { EVENT_ACTIONS, SUBJECT_KINDS } from '../event-actions.ts';
import type { Event, EventSubject } from '../event.ts';
import { EventNotStorableError } from './block-errors.ts';
import { BLOCK_EVENTS_MAX, LIST_VALUES_MAX } from './column-layout.ts';
import { createColumnWriter } from './column-writer.ts';
import { writeTexts } from './text-columns.ts';

/** Makes blocks of events. */
export interface EventBlockEncoder {
  /**
   * The events `from` to `to - 1` as a block: at most `BLOCK_EVENTS_MAX`. What is read back equals them, but for received times
   * where others are given. Cost: about 1 µs an event.
   *
   * @param receivedTimesMs `[events]`, in place of the events' own
   * @throws {EventNotStorableError} when an event is not of its type
   */
  encode(events: readonly Event[], from: number, to: number, receivedTimesMs?: Float64Array): Uint8Array<ArrayBuffer>;
}

const ACTION_CODES = new Map<string, number>(EVENT_ACTIONS.map((action, code) => [action, code]));
const KIND_CODES = new Map<string, number>(SUBJECT_KINDS.map((kind, code) => [kind, code]));

const EVENT_COLUMNS = [
  'user', 'subject', 'action', 'value', 'quantity', 'query', 'time', 'received', 'surface', 'session', 'request', 'position',
  'propensity', 'model', 'experiments', 'schema',
] as const; // prettier-ignore

/** Latest records of arms that a new one is compared with; those who run more at once pay with bytes. */
const ARMS_COMPARED = 16;

const doubles = (length: number) => new Float64Array(length);

/** An encoder; it keeps about 1 MiB from block to block. */
export function createEventBlockEncoder(): EventBlockEncoder {
  const writer = createColumnWriter();
  const columns = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, doubles(BLOCK_EVENTS_MAX)])) as Record<
    (typeof EVENT_COLUMNS)[number],
    Float64Array
  >;
  const subjectColumns = { kind: doubles(BLOCK_EVENTS_MAX), id: doubles(BLOCK_EVENTS_MAX), author: doubles(BLOCK_EVENTS_MAX) };
  const tagCounts = doubles(BLOCK_EVENTS_MAX);
  const instrumentCounts = doubles(BLOCK_EVENTS_MAX);
  let scratch = doubles(1 << 12);

  let ids: string[] = [];
  let texts: string[] = [];
  let placeOf = new Map<string, number>();
  let subjects: EventSubject[] = [];
  let subjectOf = new Map<string, number>();
  let lastTexts: (string | null)[] = [null, null, null, null];
  const lastPlaces = [0, 0, 0, 0];
  let tags: number[] = [];
  let instruments: number[] = [];
  let arms: Readonly<Record<string, string>>[] = [];

  /** Place of a text among the block's, from 1; 0 is null. */
  function text(value: string | null, field: string): number {
    if (value === null) return 0;
    let place = placeOf.get(value);
    if (place === undefined) {
      if (typeof value !== 'string') throw new EventNotStorableError(field, value, 'a text or null');
      texts.push(value);
      place = texts.length;
      placeOf.set(value, place);
    }
    return place;
  }

  /** As {@link text}, for a column that often has the value of the event before. */
  function repeated(slot: number, value: string | null, field: string): number {
    if (value === null) return 0;
    if (value === lastTexts[slot]) return lastPlaces[slot]!;
    lastTexts[slot] = value;
    return (lastPlaces[slot] = text(value, field));
  }

  function someText(value: string, field: string): number {
    const place = text(value, field);
    if (place === 0) throw new EventNotStorableError(field, value, 'a text');
    return place;
  }

  function subject(value: EventSubject | null): number {
    if (value === null) return 0;
    const known = subjectOf.get(value.id);
    if (known !== undefined && isSameSubject(subjects[known]!, value)) return known + 1;
    const place = subjects.length;
    const kind = KIND_CODES.get(value.kind);
    if (kind === undefined) throw new EventNotStorableError('subject.kind', value.kind, SUBJECT_KINDS.join(', '));
    subjectColumns.kind[place] = kind;
    subjectColumns.id[place] = someText(value.id, 'subject.id');
    subjectColumns.author[place] = text(value.authorId, 'subject.authorId');
    tagCounts[place] = value.tags.length;
    for (const tag of value.tags) tags.push(someText(tag, 'subject.tags'));
    instrumentCounts[place] = value.instruments.length;
    for (const instrument of value.instruments) instruments.push(someText(instrument, 'subject.instruments'));
    subjects.push(value);
    subjectOf.set(value.id, place);
    return place + 1;
  }

  function experiments(value: Readonly<Record<string, string>> | null): number {
    if (value === null) return 0;
    const last = arms.length - 1;
    for (let place = last; place >= 0 && place > last - ARMS_COMPARED; place--) if (isSameRecord(arms[place]!, value)) return place + 1;
    return arms.push(value);
  }

  function add(place: number, event: Event, receivedTimeMs: number): void {
    const { context } = event;
    if (typeof event.id !== 'string') throw new EventNotStorableError('id', event.id, 'a text');
    ids.push(event.id);
    columns.user[place] = text(event.userId, 'userId');
    columns.subject[place] = subject(event.subject);
    const action = ACTION_CODES.get(event.action);
    if (action === undefined) throw new EventNotStorableError('action', event.action, 'one of EVENT_ACTIONS');
    columns.action[place] = action;
    columns.value[place] = number(event.value, 'value');
    columns.quantity[place] = number(event.quantity, 'quantity');
    columns.query[place] = text(event.query, 'query');
    columns.time[place] = time(event.timeMs, 'timeMs');
    columns.received[place] = time(receivedTimeMs, 'receivedTimeMs');
    columns.surface[place] = repeated(0, context.surface, 'context.surface');
    columns.session[place] = repeated(1, context.sessionId, 'context.sessionId');
    columns.request[place] = repeated(2, context.requestId, 'context.requestId');
    columns.position[place] = number(context.position, 'context.position');
    columns.propensity[place] = number(context.propensity, 'context.propensity');
    columns.model[place] = repeated(3, context.modelVersion, 'context.modelVersion');
    columns.experiments[place] = experiments(context.experiments);
    columns.schema[place] = time(event.schemaVersion, 'schemaVersion');
  }

  function list(name: string, values: readonly number[]): void {
    if (values.length > LIST_VALUES_MAX) throw new EventNotStorableError(name, values.length, `at most ${LIST_VALUES_MAX} a block`);
    if (values.length > scratch.length) scratch = doubles(values.length * 2);
    for (let at = 0; at < values.length; at++) scratch[at] = values[at]!;
    writer.numbers(name, scratch, values.length);
  }

  /** A column of indices: one that is 0 throughout means what a missing one means. */
  function indices(name: string, values: Float64Array, count: number): void {
    for (let at = 0; at < count; at++) {
      if (values[at] !== 0) return writer.numbers(name, values, count);
    }
  }

  return {
    encode(events, from, to, receivedTimesMs) {
      const count = to - from;
      if (count > BLOCK_EVENTS_MAX) throw new RangeError(`a block of ${count} events; ${BLOCK_EVENTS_MAX} is the most`);
      ids = [];
      texts = [];
      placeOf = new Map();
      lastTexts = [null, null, null, null];
      subjects = [];
      subjectOf = new Map();
      tags = [];
      instruments = [];
      arms = [];
      for (let place = 0; place < count; place++) {
        const event = events[from + place]!;
        add(place, event, receivedTimesMs === undefined ? event.receivedTimeMs : receivedTimesMs[from + place]!);
      }
      writer.begin(count);
      writeTexts(writer, 'id', ids, scratch);
      for (const name of ['value', 'quantity', 'time', 'received', 'position', 'propensity', 'schema'] as const) {
        writer.numbers(name, columns[name], count);
      }
      for (const name of ['user', 'subject', 'action', 'query', 'surface', 'session', 'request', 'model', 'experiments'] as const) {
        indices(name, columns[name], count);
      }
      writer.numbers('subject-kind', subjectColumns.kind, subjects.length);
      writer.numbers('subject-id', subjectColumns.id, subjects.length);
      indices('subject-author', subjectColumns.author, subjects.length);
      indices('subject-tag-counts', tagCounts, subjects.length);
      indices('subject-instrument-counts', instrumentCounts, subjects.length);
      list('tags', tags);
      list('instruments', instruments);
      const names: number[] = [];
      const values: number[] = [];
      for (const record of arms) {
        for (const [name, arm] of Object.entries(record)) {
          names.push(someText(name, 'context.experiments'));
          values.push(someText(arm, 'context.experiments'));
        }
      }
      list('experiment-counts', arms.map((record) => Object.keys(record).length)); // prettier-ignore
      list('experiment-names', names);
      list('experiment-arms', values);
      // Last, for all of the above add to them.
      if (texts.length > LIST_VALUES_MAX) throw new EventNotStorableError('texts', texts.length, `at most ${LIST_VALUES_MAX} a block`);
      if (texts.length > scratch.length) scratch = doubles(texts.length * 2);
      writeTexts(writer, 'text', texts, scratch);
      return writer.end();
    },
  };
}

function number(value: number | null, field: string): number {
  if (value === null) return NaN;
  if (!Number.isFinite(value)) throw new EventNotStorableError(field, value, 'a finite number or null');
  return value;
}

function time(value: number, field: string): number {
  if (!Number.isSafeInteger(value)) throw new EventNotStorableError(field, value, 'a whole number');
  return value;
}

function isSameSubject(a: EventSubject, b: EventSubject): boolean {
  return (
    a === b || (a.kind === b.kind && a.authorId === b.authorId && isSameList(a.tags, b.tags) && isSameList(a.instruments, b.instruments))
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function isSameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  let left = 0;
  for (const name in a) {
    if (a[name] !== b[name] || !Object.hasOwn(b, name)) return false;
    left++;
  }
  for (const _ in b) left--;
  return left === 0;
}
