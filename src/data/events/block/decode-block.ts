import { EVENT_ACTIONS, SUBJECT_KINDS } from '../event-actions.ts';
import { NO_CONTEXT, type Event, type EventContext, type EventSubject } from '../event.ts';
import { EventBlockDamagedError, EventBlockVersionError } from './block-errors.ts';
import { openColumns, type ColumnReader } from './column-reader.ts';
import { readTexts, type TextColumn } from './text-columns.ts';

/** A block that was opened: its events, all of them or one. */
export interface EventBlock {
  readonly count: number;
  /**
   * Every event, in order. Events of a block share their texts, and equal subjects, experiments and empty lists are one object: take
   * them as they are, never change them. Cost: about 0.5 µs an event.
   */
  events(): Event[];
  /** One event. Cost: a few microseconds, whatever the block's length. */
  eventAt(place: number): Event;
  /** Only the ids. */
  ids(): string[];
  /** The user of each event, as a place in `users`, from 1; 0 is null. */
  userPlaces(): { readonly places: Int32Array; readonly textAt: (place: number) => string };
}

/**
 * Opens a block that `createEventBlockEncoder` made, by this version of the program or an older one.
 *
 * @throws {EventBlockDamagedError} here or in the methods, {@link EventBlockVersionError}
 */
export function openEventBlock(bytes: Uint8Array): EventBlock {
  const reader = openColumns(bytes);
  const count = reader.events;
  for (const name of ['time', 'received', 'schema']) {
    if (count > 0 && !reader.has(name)) throw new EventBlockDamagedError(`it has no column ${name}`);
  }
  const textAt = (place: number) => {
    if (place === 0) throw new EventBlockDamagedError('a text is missing');
    return texts().at(place - 1);
  };
  const idColumn = once(() => {
    const ids = readTexts(reader, 'id');
    if (ids.count !== count) throw new EventBlockDamagedError(`it has ${ids.count} ids, expected ${count}`);
    return ids;
  });
  const texts = once(() => readTexts(reader, 'text'));
  const subjectAt = once(() => subjectReader(reader, texts().count + 1, textAt));
  const arms = once(() => readExperiments(reader, texts().count + 1, textAt));
  return {
    count,
    ids: () => idColumn().all(true),
    userPlaces: () => ({ places: reader.indices('user', count, texts().count + 1), textAt }),
    events: () => readEvents(reader, idColumn(), texts()),
    eventAt(place) {
      const index = (name: string, limit: number) => {
        const value = reader.has(name) ? reader.numberAt(name, place) : 0;
        if (!(value >= 0 && value < limit)) throw new EventBlockDamagedError(`column ${name} points at ${value} of ${limit}`);
        return value;
      };
      const number = (name: string) => orNull(reader.numberAt(name, place));
      const text = (name: string) => {
        const at = index(name, texts().count + 1);
        return at === 0 ? null : texts().at(at - 1);
      };
      const subject = index('subject', Infinity);
      return {
        id: idColumn().at(place),
        userId: text('user'),
        subject: subject === 0 ? null : subjectAt().at(subject - 1),
        action: actionOf(index('action', 256)),
        value: number('value'),
        quantity: number('quantity'),
        query: text('query'),
        timeMs: reader.numberAt('time', place),
        receivedTimeMs: reader.numberAt('received', place),
        context: sharedIfEmpty({
          surface: text('surface'),
          sessionId: text('session'),
          requestId: text('request'),
          position: number('position'),
          propensity: number('propensity'),
          modelVersion: text('model'),
          experiments: arms()[index('experiments', arms().length)]!,
        }),
        schemaVersion: reader.numberAt('schema', place),
      };
    },
  };
}

function readEvents(reader: ColumnReader, idColumn: TextColumn, textColumn: TextColumn): Event[] {
  const count = reader.events;
  const ids = idColumn.all(true);
  // These are kept by whoever counts by user, subject or tag, so they must not hold a whole block's text in memory.
  const texts: (string | null)[] = textColumn.all(false);
  texts.unshift(null);
  const limit = texts.length;
  const textAt = (place: number) => {
    const text = texts[place]!;
    if (text === null) throw new EventBlockDamagedError('a text is missing');
    return text;
  };
  const table = subjectReader(reader, limit, textAt);
  const subjects: (EventSubject | null)[] = [null];
  for (let place = 0; place < table.count; place++) subjects.push(table.at(place));
  const arms = readExperiments(reader, limit, textAt);
  const user = reader.indices('user', count, limit);
  const subject = reader.indices('subject', count, subjects.length);
  const action = reader.indices('action', count, 256);
  const value = reader.numbers('value', count);
  const quantity = reader.numbers('quantity', count);
  const query = reader.indices('query', count, limit);
  const time = reader.numbers('time', count);
  const received = reader.numbers('received', count);
  const schema = reader.numbers('schema', count);
  const contextAt = contextReader(reader, texts, arms);
  const events = new Array<Event>(count);
  for (let place = 0; place < count; place++) {
    const code = action[place]!;
    events[place] = {
      id: ids[place]!,
      userId: texts[user[place]!]!,
      subject: subjects[subject[place]!]!,
      action: EVENT_ACTIONS[code] ?? actionOf(code),
      value: orNull(value[place]!),
      quantity: orNull(quantity[place]!),
      query: texts[query[place]!]!,
      timeMs: time[place]!,
      receivedTimeMs: received[place]!,
      context: contextAt(place),
      schemaVersion: schema[place]!,
    };
  }
  return events;
}

function contextReader(
  reader: ColumnReader,
  texts: readonly (string | null)[],
  arms: readonly (Readonly<Record<string, string>> | null)[],
): (place: number) => EventContext {
  const names = ['surface', 'session', 'request', 'position', 'propensity', 'model', 'experiments'];
  if (!names.some((name) => reader.has(name))) return () => NO_CONTEXT;
  const count = reader.events;
  const surface = reader.indices('surface', count, texts.length);
  const session = reader.indices('session', count, texts.length);
  const request = reader.indices('request', count, texts.length);
  const position = reader.numbers('position', count);
  const propensity = reader.numbers('propensity', count);
  const model = reader.indices('model', count, texts.length);
  const experiments = reader.indices('experiments', count, arms.length);
  return (place) => {
    const at = position[place]!;
    const chance = propensity[place]!;
    const anyText = surface[place]! | session[place]! | request[place]! | model[place]! | experiments[place]!;
    if (anyText === 0 && at !== at && chance !== chance) return NO_CONTEXT;
    return {
      surface: texts[surface[place]!]!,
      sessionId: texts[session[place]!]!,
      requestId: texts[request[place]!]!,
      position: orNull(at),
      propensity: orNull(chance),
      modelVersion: texts[model[place]!]!,
      experiments: arms[experiments[place]!]!,
    };
  };
}

const EMPTY: readonly string[] = Object.freeze([]);

/** The block's subjects, by their place. */
function subjectReader(
  reader: ColumnReader,
  limit: number,
  text: (place: number) => string,
): { readonly count: number; readonly at: (place: number) => EventSubject } {
  const ids = reader.list('subject-id', limit);
  const count = ids.length;
  const kinds = reader.indices('subject-kind', count, 256);
  const authors = reader.indices('subject-author', count, limit);
  const tags = listReader(reader, 'subject-tag-counts', 'tags', count, limit, text);
  const instruments = listReader(reader, 'subject-instrument-counts', 'instruments', count, limit, text);
  return {
    count,
    at(place) {
      if (place >= count) throw new EventBlockDamagedError(`it has ${count} subjects, expected one at ${place}`);
      const kind = SUBJECT_KINDS[kinds[place]!];
      if (kind === undefined) throw new EventBlockVersionError('a kind of subject', kinds[place]!, SUBJECT_KINDS.length - 1);
      const authorId = authors[place] === 0 ? null : text(authors[place]!);
      return { kind, id: text(ids[place]!), authorId, tags: tags(place), instruments: instruments(place) };
    },
  };
}

/** Lists of texts that stand one after the other. */
function listReader(
  reader: ColumnReader,
  countsName: string,
  name: string,
  count: number,
  limit: number,
  text: (place: number) => string,
): (place: number) => readonly string[] {
  const values = reader.list(name, limit);
  const ends = reader.indices(countsName, count, values.length + 1);
  let end = 0;
  for (let place = 0; place < count; place++) {
    end += ends[place]!;
    ends[place] = end;
  }
  if (end !== values.length) throw new EventBlockDamagedError(`its lists of ${name} add up to ${end} of ${values.length}`);
  return (place) => {
    const from = place === 0 ? 0 : ends[place - 1]!;
    const length = ends[place]! - from;
    if (length === 0) return EMPTY;
    const list = new Array<string>(length);
    for (let at = 0; at < length; at++) list[at] = text(values[from + at]!);
    return list;
  };
}

function readExperiments(
  reader: ColumnReader,
  limit: number,
  text: (place: number) => string,
): (Readonly<Record<string, string>> | null)[] {
  const names = reader.list('experiment-names', limit);
  const values = reader.indices('experiment-arms', names.length, limit);
  const lengths = reader.list('experiment-counts', names.length + 1);
  const records: (Readonly<Record<string, string>> | null)[] = [null];
  let at = 0;
  for (const length of lengths) {
    if (at + length > names.length) throw new EventBlockDamagedError('its experiments end too early');
    const pairs: [string, string][] = [];
    for (const end = at + length; at < end; at++) pairs.push([text(names[at]!), text(values[at]!)]);
    records.push(Object.fromEntries(pairs));
  }
  return records;
}

function actionOf(code: number): (typeof EVENT_ACTIONS)[number] {
  const action = EVENT_ACTIONS[code];
  if (action === undefined) throw new EventBlockVersionError('an action of code', code, EVENT_ACTIONS.length - 1);
  return action;
}

function sharedIfEmpty(context: EventContext): EventContext {
  for (const value of Object.values(context)) if (value !== null) return context;
  return NO_CONTEXT;
}

function orNull(value: number): number | null {
  return value === value ? value : null;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
