import type { Random } from '../../base/random.ts';
import { domainOf, EVENT_ACTIONS } from '../../data/events/event-actions.ts';
import type { EventResult } from './events-schema.ts';

/** An event as it is sent, and what has to become of it. */
export interface SentEvent {
  /** Its JSON; not always what `JSON.stringify` would write. */
  readonly json: string;
  /** How it was made, for reports. */
  readonly kind: string;
  readonly outcome: EventResult['outcome'];
  /** The id it has in the log, where it is accepted. */
  readonly id: string | null;
  readonly isOfStranger: boolean;
}

/** A body as it is sent: a batch whose events are answered one by one, or one that is refused whole. */
export interface SentBody {
  readonly kind: string;
  readonly bytes: Buffer;
  /** In order; null where the body is refused whole. */
  readonly events: readonly SentEvent[] | null;
  /** Statuses that are right. */
  readonly statuses: readonly number[];
}

/** Known users are `user-0` to `user-99`. */
export const isKnownUser = (userId: string): boolean => /^user-\d\d?$/.test(userId);

type Fields = Record<string, unknown>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALONE = ['query', 'refine', 'deposit', 'withdrawal', 'session-start', 'session-end'];

/** Makes bodies full of what must not happen, with good events between. One seed, one sequence. */
export function badEventsMaker(random: Random, nowMs: number, options: { readonly hugeBytes: number; readonly bodyBytesMax: number }) {
  /** Ids that a duplicate may have: those of bodies that were answered, and of the body being made. */
  const knownIds: string[] = [];
  let ownIds: string[] = [];
  let unansweredIds: string[] = [];
  let serial = 0;
  const pick = <Value>(values: readonly Value[]): Value => values[random.integer(values.length)]!;

  function good(): Fields {
    const action = pick(EVENT_ACTIONS);
    const fields: Fields = { id: `event-${serial++}`, action, timeMs: nowMs - random.integer(HOUR_MS) };
    const isMarket = domainOf(action) === 'market';
    if (!isMarket) fields['userId'] = random.integer(10) === 0 ? `stranger-${random.integer(50)}` : `user-${random.integer(100)}`;
    if (!ALONE.includes(action)) {
      const kind = isMarket ? 'instrument' : pick(['content', 'feature', 'instrument']);
      fields['subject'] = { kind, id: pick(['1', '比特币', 'constructor', '🚀']), tags: ['__proto__', 'a'] };
    }
    if (['dwell', 'deposit', 'withdrawal', 'price'].includes(action)) fields['value'] = 1 + random.integer(1e6);
    if (action === 'query' || action === 'refine') fields['query'] = pick(['btc\tfunding', 'ß', '’ OR 1=1 --']);
    if (random.integer(2) === 0)
      fields['context'] = { surface: 'feed', position: random.integer(50), propensity: 0.25, experiments: { a: 'b' } };
    // What nobody knows is ignored, whatever it is called.
    if (random.integer(10) === 0) fields['toString'] = pick([1, null, { deep: [[[]]] }]);
    return fields;
  }

  const accepted = (fields: Fields, kind = 'good'): SentEvent => {
    const id = String(fields['id']);
    ownIds.push(id);
    const userId = fields['userId'];
    return {
      json: JSON.stringify(fields),
      kind,
      outcome: 'accepted',
      id,
      isOfStranger: typeof userId === 'string' && !isKnownUser(userId),
    };
  };
  const bad = (kind: string, json: string, outcome: EventResult['outcome'] = 'invalid'): SentEvent => ({
    json,
    kind,
    outcome,
    id: null,
    isOfStranger: false,
  });
  const changed = (kind: string, changes: Fields, outcome?: EventResult['outcome']) =>
    bad(kind, JSON.stringify({ ...good(), ...changes }), outcome);
  /** With a text in place of the value of a new field. */
  const raw = (kind: string, name: string, text: string) => {
    return bad(
      kind,
      JSON.stringify({ ...good(), [name]: '@@' }).replace('"@@"', () => text),
    );
  };
  const click = () => ({ ...good(), action: 'click', userId: 'user-1', query: null, value: null, subject: { kind: 'content', id: '1' } });

  const makers: readonly (() => SentEvent)[] = [
    () => bad('not an object', pick(['null', '5', '"event"', '[]', 'true', `[${JSON.stringify(good())}]`])),
    () => {
      const fields: Fields = click();
      delete fields[pick(['id', 'action', 'timeMs', 'userId', 'subject'])];
      return bad('missing field', JSON.stringify(fields));
    },
    () => changed('wrong type', { [pick(['id', 'action', 'timeMs'])]: pick([true, {}, [], ['x'], null]) }),
    () =>
      changed('wrong type', pick<Fields>([{ id: 7 }, { timeMs: '1' }, { value: '3' }, { query: 5 }, { userId: 12 }, { context: 'feed' }])),
    () => changed('text for a number', { timeMs: pick(['NaN', 'Infinity', '-Infinity', '1e3', '']) }),
    () => raw('number beyond a double', pick(['timeMs', 'value', 'quantity']), pick(['1e999', '-1e999'])),
    () => changed('in the future', { timeMs: nowMs + HOUR_MS + random.integer(1000) * DAY_MS }, 'in-future'),
    () => changed('far past', { timeMs: nowMs - (9 + random.integer(3000)) * DAY_MS }, 'too-late'),
    () => changed('no time at all', { timeMs: pick([-1, 1.5, 1e17, -1e300, 9e15]) }),
    () => changed('long text', { [pick(['id', 'userId', 'query'])]: 'x'.repeat(1001 + random.integer(500)) }),
    () => bad('long list', JSON.stringify({ ...click(), subject: { kind: 'content', id: '1', tags: Array(33).fill('t') } })),
    () => bad('control character', JSON.stringify({ ...click(), id: pick(['\u0000', 'a\u001fb', 'a\nb', '\u009f']) })),
    () => bad('half a surrogate', JSON.stringify({ ...click(), id: pick(['\ud800', 'a\udc00b']) })),
    () => changed('position', { context: { position: pick([-1, 0.5, 1e6, '3']) } }),
    () => changed('propensity', { context: { propensity: pick([0, -0.1, 1.01, 'high']) } }),
    () => changed('action', { action: pick(['Click', 'toString', '__proto__', '', 'constructor', 'click ']) }),
    () => changed('array for object', pick<Fields>([{ context: [] }, { context: [1] }])),
    () =>
      bad(
        'subject',
        JSON.stringify({ ...click(), subject: pick([[], 'post', { kind: 'user', id: '1' }, { kind: 'content' }, { id: '1' }]) }),
      ),
    () => bad('user of a price', JSON.stringify({ ...click(), action: 'price', value: 5, subject: { kind: 'instrument', id: 'B' } })),
    () => bad('amount', JSON.stringify({ ...click(), action: 'deposit', subject: null, value: pick([-5, 1.5, null]) })),
    () => changed('later schema', { schemaVersion: pick([2, 99]) }),
    () => bad('fields in a prototype', `{"__proto__":${JSON.stringify(click())}}`),
    () => raw('deep nesting', 'subject', nested(17 + random.integer(200))),
    () => raw('deep nesting in a field nobody knows', 'extra', nested(random.integer(20) === 0 ? 50_000 : 17)),
    () => bad('key twice', JSON.stringify(click()).replace('{', '{"id":"first",')),
    () => {
      const ids = ownIds.length > 0 && (knownIds.length === 0 || random.integer(2) === 0) ? ownIds : knownIds;
      return ids.length === 0 ? accepted(good()) : changed('duplicate', { id: pick(ids) }, 'duplicate');
    },
    () => accepted({ ...good(), __proto: 1, constructor: { prototype: 1 } }, 'odd names'),
  ];

  function event(): SentEvent {
    if (random.integer(2) === 0) return accepted(good());
    return pick(makers)();
  }

  function batch(eventCount: number): SentBody {
    startBody();
    const events: SentEvent[] = [];
    if (random.integer(20) === 0) events.push(changed('huge text', { [pick(['id', 'query', 'userId'])]: 'x'.repeat(options.hugeBytes) }));
    for (let left = eventCount; left > 0; left--) events.push(event());
    random.shuffle(events as unknown as number[]);
    const answered = settle(events);
    const json = `{"events":[${answered.map(({ json }) => json).join(random.integer(2) === 0 ? ',' : ' ,\n')}]}`;
    return { kind: 'batch', bytes: Buffer.from(json), events: answered, statuses: [200] };
  }

  function startBody(): void {
    unansweredIds.push(...ownIds);
    ownIds = [];
  }

  /** Shuffled, a duplicate may stand before its first: then that one is accepted and the other the duplicate. */
  function settle(events: readonly SentEvent[]): readonly SentEvent[] {
    const idOf = (json: string) => (JSON.parse(json) as Fields)['id'];
    const own = new Map(events.flatMap((sent, at) => (sent.id === null ? [] : [[sent.id, at] as const])));
    const kept = [...events];
    for (const [at, sent] of events.entries()) {
      if (sent.kind !== 'duplicate') continue;
      const first = own.get(String(idOf(sent.json)));
      if (first === undefined || first < at) continue;
      kept[at] = events[first]!;
      kept[first] = sent;
      own.set(String(idOf(sent.json)), at);
    }
    return kept;
  }

  /** A body that is no batch, though good events stand in it: none of them may be stored. */
  function refused(): SentBody {
    const events = Array.from({ length: 3 }, () => JSON.stringify({ ...click(), id: `never-${serial++}` }));
    const whole = `{"events":[${events.join(',')}]}`;
    const body = (kind: string, text: string | Buffer, ...statuses: number[]): SentBody => ({
      kind,
      bytes: Buffer.from(text as string),
      events: null,
      statuses,
    });
    const makers: readonly (() => SentBody)[] = [
      () => body('cut off', whole.slice(0, 1 + random.integer(whole.length - 2)), 400),
      () => body('empty', '', 400),
      () =>
        body('not UTF-8', Buffer.concat([Buffer.from(whole.slice(0, -20)), Buffer.from([0xc3, 0x28]), Buffer.from(whole.slice(-20))]), 400),
      () => body('NaN', whole.replace(/"timeMs":\d+/, `"timeMs":${pick(['NaN', 'Infinity', '-Infinity', 'undefined', '01'])}`), 400),
      () => body('raw control character', whole.replace('never', 'ne\u0001ver'), 400),
      () => body('no object', pick(['[]', 'null', '7', '"x"', `[${events.join(',')}]`]), 400),
      () => body('events of another kind', pick(['{"events":{}}', '{"events":null}', '{"events":"x"}', '{}', '{"event":[]}']), 400),
      () => body('a field more', whole.replace('{', pick(['{"more":1,', '{"__proto__":{},'])), 400),
      () => body('events twice', whole.replace('{', '{"events":[],'), 400),
      () => body('deeper than anything', nested(100_000), 400),
      () => body('deep and open', '['.repeat(100_000), 400),
      () => body('too many events', `{"events":[${Array(1001).fill(events[0]).join(',')}]}`, 413),
      () => body('oversize', whole.replace('[', `[${' '.repeat(options.bodyBytesMax)}`), 413),
      () => body('byte order mark', `\ufeff${whole}`, 400),
    ];
    return pick(makers)();
  }

  return {
    /** Only good events: the first of them sets the log's time. */
    plain: (eventCount: number): SentBody => {
      startBody();
      const events = Array.from({ length: eventCount }, () => accepted(good()));
      return { kind: 'plain', bytes: Buffer.from(`{"events":[${events.map(({ json }) => json).join(',')}]}`), events, statuses: [200] };
    },
    batch,
    refused,
    /** To be called when every body made so far was answered: before that nobody knows which of two bodies comes first. */
    allAnswered(): void {
      startBody();
      knownIds.push(...unansweredIds);
      unansweredIds = [];
    },
  };
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
