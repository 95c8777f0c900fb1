import fc from 'fast-check';
import { EVENT_ACTIONS, SUBJECT_KINDS } from './event-actions.ts';
import { NO_CONTEXT, type Event } from './event.ts';

/** A click, with fields of choice. */
export function someEvent(id: string, fields: Partial<Event> = {}): Event {
  const timeMs = fields.timeMs ?? 1_700_000_000_000;
  return {
    id,
    userId: 'user-1',
    subject: { kind: 'content', id: 'post-1', authorId: 'author-1', tags: ['defi', '比特币'], instruments: ['BTC-USDT'] },
    action: 'click',
    value: null,
    quantity: null,
    query: null,
    timeMs,
    receivedTimeMs: timeMs,
    context: NO_CONTEXT,
    schemaVersion: 1,
    ...fields,
  };
}

const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 3 });

/** Texts as they come from outside: any script, no control characters, whole surrogate pairs. */
export const nameArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'feed', 'post-17', 'BTC-USDT', '比特币', 'ü', '🚀', '__proto__', 'constructor', 'x'.repeat(128)) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => /^[^\p{Cc}\p{Cs}]{1,128}$/u.test(text)) },
); // prettier-ignore

/** Texts that only a program of ours could hand in: any UTF-16 at all, half pairs too. */
export const wildTextArbitrary = fc.oneof(nameArbitrary, fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 8 })); // prettier-ignore

const numberArbitrary = fc.oneof(
  fc.integer({ min: -5, max: 300 }),
  fc.constantFrom(-0, 0.1, 2 ** 53 - 1, -(2 ** 53) + 1, 5e-324, 1.7e308, 65_535, 65_536, 2 ** 32),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const timeArbitrary = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  fc.integer({ min: 0, max: 4_102_444_800_000 }),
);

const PLAIN = { noNullPrototype: true } as const;

/** Events of every form that the type allows, with these texts. */
export function eventArbitrary(text: fc.Arbitrary<string>): fc.Arbitrary<Event> {
  const contextArbitrary = fc.record(
    {
      surface: orNull(text),
      sessionId: orNull(text),
      requestId: orNull(text),
      position: orNull(fc.integer({ min: 0, max: 10_000 })),
      propensity: orNull(fc.double({ min: 1e-6, max: 1, noNaN: true })),
      modelVersion: orNull(text),
      experiments: orNull(fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true })),
    },
    PLAIN,
  );
  return fc.record(
    {
      id: text.filter((id) => id !== ''),
      userId: orNull(text),
      subject: orNull(
        fc.record(
          {
            kind: fc.constantFrom(...SUBJECT_KINDS),
            id: text,
            authorId: orNull(text),
            tags: fc.array(text, { maxLength: 4 }),
            instruments: fc.array(text, { maxLength: 3 }),
          },
          PLAIN,
        ),
      ),
      action: fc.constantFrom(...EVENT_ACTIONS),
      value: orNull(numberArbitrary),
      quantity: orNull(numberArbitrary),
      query: orNull(text),
      timeMs: timeArbitrary,
      receivedTimeMs: timeArbitrary,
      context: fc.oneof(fc.constant(NO_CONTEXT), contextArbitrary),
      schemaVersion: fc.constant(1),
    },
    PLAIN,
  );
}
