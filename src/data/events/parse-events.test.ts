import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOf, EVENT_ACTIONS } from './event-actions.ts';
import { actionRule, EVENT_BOUNDS, eventFieldsSchema } from './event-schema.ts';
import { NO_CONTEXT } from './event.ts';
import { EVENT_REJECTION_REASONS, parseEvents } from './parse-events.ts';
import { eventArbitrary, nameArbitrary, someEvent } from './some-event.fixture.ts';

const click = { id: 'e1', userId: 'u1', subject: { kind: 'content', id: 'p1' }, action: 'click', timeMs: 1000 };
const reject = (fields: Record<string, unknown>) => {
  const { events, rejected } = parseEvents([click, { ...click, ...fields }, click], 5);
  expect(events).toHaveLength(2);
  expect(rejected).toHaveLength(1);
  const { index, ...rest } = rejected[0]!;
  expect(index).toBe(1);
  expect(rest.message.length).toBeLessThan(700);
  return rest;
};

describe('parseEvents', () => {
  it('fills in what is missing, and takes the received time from the edge alone', () => {
    const { events, indices } = parseEvents([{ ...click, receivedTimeMs: 99, later: { a: 1 } }], 5);
    expect(indices).toEqual([0]);
    expect(events).toStrictEqual([
      {
        id: 'e1',
        userId: 'u1',
        subject: { kind: 'content', id: 'p1', authorId: null, tags: [], instruments: [] },
        action: 'click',
        value: null,
        quantity: null,
        query: null,
        timeMs: 1000,
        receivedTimeMs: 5,
        context: NO_CONTEXT,
        schemaVersion: 1,
      },
    ]);
  });

  it("puts an instrument's own id among its instruments where none are given", () => {
    const price = { ...click, userId: null, action: 'price', value: 2, subject: { kind: 'instrument', id: 'BTC-USDT' } };
    expect(parseEvents([price], 5).events[0]!.subject!.instruments).toEqual(['BTC-USDT']);
  });

  it.each([
    [{ id: undefined }, 'missing-field', 'id'],
    [{ id: 7 }, 'wrong-type', 'id'],
    [{ id: '' }, 'invalid-text', 'id'],
    [{ id: 'a\u001fb' }, 'invalid-text', 'id'],
    [{ id: 'a\ud800' }, 'invalid-text', 'id'],
    [{ id: 'x'.repeat(129) }, 'too-long', 'id'],
    [{ userId: 'x'.repeat(10_000_000) }, 'too-long', 'userId'],
    [{ action: undefined }, 'missing-field', 'action'],
    [{ action: 'toString' }, 'unknown-value', 'action'],
    [{ action: ['click'] }, 'wrong-type', 'action'],
    [{ timeMs: '1000' }, 'wrong-type', 'timeMs'],
    [{ timeMs: 1.5 }, 'out-of-range', 'timeMs'],
    [{ timeMs: -1 }, 'out-of-range', 'timeMs'],
    [{ timeMs: 1e300 }, 'out-of-range', 'timeMs'],
    [{ value: Infinity }, 'out-of-range', 'value'],
    [{ value: true }, 'wrong-type', 'value'],
    [{ query: 'x'.repeat(1001) }, 'too-long', 'query'],
    [{ schemaVersion: 2 }, 'schema-too-new', 'schemaVersion'],
    [{ subject: [] }, 'wrong-type', 'subject'],
    [{ subject: { kind: 'wallet', id: 'p' } }, 'unknown-value', 'subject.kind'],
    [{ subject: { kind: 'content', id: 'p', tags: Array(33).fill('t') } }, 'too-long', 'subject.tags'],
    [{ subject: { kind: 'content', id: 'p', tags: ['a', null] } }, 'wrong-type', 'subject.tags.1'],
    [{ subject: { kind: 'content', id: 'p', tags: ['x'.repeat(65)] } }, 'too-long', 'subject.tags.0'],
    [{ subject: { kind: 'content', id: 'p', instruments: Array(17).fill('t') } }, 'too-long', 'subject.instruments'],
    [{ context: { position: 10_001 } }, 'out-of-range', 'context.position'],
    [{ context: { position: 0.5 } }, 'out-of-range', 'context.position'],
    [{ context: { propensity: 0 } }, 'out-of-range', 'context.propensity'],
    [{ context: { propensity: 1.1 } }, 'out-of-range', 'context.propensity'],
    [{ context: { experiments: { a: 1 } } }, 'wrong-type', 'context.experiments.a'],
    [{ context: { experiments: { '': 'b' } } }, 'invalid-text', 'context.experiments.'],
    [
      { context: { experiments: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`e${at}`, 'b'])) } },
      'too-long',
      'context.experiments',
    ],
    [{ userId: null }, 'user-mismatch', 'userId'],
    [{ action: 'price', value: 1, subject: { kind: 'instrument', id: 'B' } }, 'user-mismatch', 'userId'],
    [{ subject: null }, 'subject-mismatch', 'subject'],
    [{ action: 'deposit', value: 1 }, 'subject-mismatch', 'subject'],
    [{ action: 'query', query: 'x' }, 'subject-mismatch', 'subject'],
    [{ action: 'price', userId: null, value: 1 }, 'subject-mismatch', 'subject'],
    [{ action: 'dwell' }, 'value-mismatch', 'value'],
    [{ action: 'dwell', value: -1 }, 'value-mismatch', 'value'],
    [{ action: 'dwell', value: 86_400_001 }, 'value-mismatch', 'value'],
    [{ value: 1e308 }, 'value-mismatch', 'value'],
    [{ value: -2e15 }, 'value-mismatch', 'value'],
    [{ quantity: 1e308 }, 'value-mismatch', 'quantity'],
    [{ action: 'order-placed', value: 1.5 }, 'value-mismatch', 'value'],
    [{ action: 'trade-filled', value: 2 ** 53 }, 'value-mismatch', 'value'],
    [{ action: 'deposit', subject: null }, 'value-mismatch', 'value'],
    [{ action: 'session-end', subject: null, value: -1 }, 'value-mismatch', 'value'],
    [{ action: 'price', userId: null, subject: { kind: 'instrument', id: 'B' }, value: 0 }, 'value-mismatch', 'value'],
    [{ action: 'query', subject: null }, 'query-mismatch', 'query'],
    [{ action: 'refine', subject: null, query: '' }, 'query-mismatch', 'query'],
  ])('turns %o away: %s at %s', (fields, reason, path) => {
    expect(reject(fields)).toMatchObject({ reason, path });
  });

  it.each([null, undefined, 1, 'text', true, [click]])('turns %o away: no object', (input) => {
    expect(parseEvents([input], 5)).toMatchObject({ events: [], rejected: [{ index: 0, reason: 'not-an-object', path: '' }] });
  });

  it('cuts what it shows and keeps it on one line', () => {
    const { message } = reject({ action: `line\n\u001b[2J${'x'.repeat(1e6)}` });
    expect(message).toMatch(/^action: .*, got "line\.\.\[2Jx{50,60}…"$/);
  });

  it('is not harmed by keys that stand for the prototype', () => {
    const hostile = JSON.parse(
      `{"id":"e","userId":"u","action":"click","timeMs":1,"__proto__":{"value":9},"constructor":{"prototype":{"x":1}},
        "subject":{"kind":"content","id":"p","__proto__":{"authorId":"evil"}},"context":{"experiments":{"__proto__":"x","a":"b"}}}`,
    ) as unknown;
    const { events } = parseEvents([hostile], 5);
    expect(events[0]).toMatchObject({ value: null, subject: { authorId: null } });
    expect(Object.entries(events[0]!.context.experiments!)).toEqual([['a', 'b']]);
    expect(Object.getPrototypeOf(events[0]!.context.experiments)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('reads whatever event its rules allow back as it is', () => {
    fc.assert(
      fc.property(eventArbitrary(nameArbitrary), (event) => {
        const { events } = parseEvents([JSON.parse(JSON.stringify(event))], event.receivedTimeMs);
        for (const read of events) expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(withoutHostileArm(event))));
      }),
    );
    const all = EVENT_ACTIONS.map((action) =>
      someEvent(action, { action, userId: domainOf(action) === 'market' ? null : 'u', value: 1, query: 'q' }),
    );
    expect(parseEvents(all, 0).events.length).toBeGreaterThan(EVENT_ACTIONS.length / 2);
  });

  it('agrees with the schema on any JSON, and never throws', () => {
    const event = eventArbitrary(nameArbitrary).map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
    const spoilt = fc
      .tuple(
        event,
        fc.constantFrom('id', 'userId', 'subject', 'action', 'value', 'query', 'timeMs', 'context', 'schemaVersion'),
        fc.jsonValue(),
      )
      .map(([fields, name, value]) => ({ ...fields, [name]: value }));
    fc.assert(
      fc.property(fc.array(fc.oneof(event, spoilt, fc.jsonValue()), { maxLength: 5 }), (inputs) => {
        const { events, indices, rejected } = parseEvents(inputs, 5);
        expect([...indices, ...rejected.map((each) => each.index)].toSorted((a, b) => a - b)).toEqual(inputs.map((_, at) => at));
        expect(events).toHaveLength(indices.length);
        for (const [at, input] of inputs.entries()) {
          const result = eventFieldsSchema.safeParse(input);
          const isSound = result.success && actionRule(result.data) === null;
          expect(indices.includes(at)).toBe(isSound);
        }
        for (const { reason, message } of rejected) {
          expect(EVENT_REJECTION_REASONS).toContain(reason);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has bounds that the documents can name', () => {
    expect(EVENT_BOUNDS).toMatchObject({ idLengthMax: 128, queryLengthMax: 1000, tagsMax: 32, instrumentsMax: 16, experimentsMax: 16 });
  });
});

/** An arm under the name `__proto__` is left out by the edge. */
function withoutHostileArm<Value extends { readonly context: { readonly experiments: Readonly<Record<string, string>> | null } }>(
  event: Value,
): Value {
  const { experiments } = event.context;
  if (experiments === null) return event;
  const kept = Object.fromEntries(Object.entries(experiments).filter(([name]) => name !== '__proto__'));
  return { ...event, context: { ...event.context, experiments: kept } };
}
