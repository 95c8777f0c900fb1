import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NisusError } from '../../../base/error.ts';
import { eventArbitrary, nameArbitrary, someEvent, wildTextArbitrary } from '../some-event.fixture.ts';
import { goldenEvents } from '../golden-events.fixture.ts';
import type { Event } from '../event.ts';
import { BLOCK_EVENTS_MAX } from './column-layout.ts';
import { openEventBlock } from './decode-block.ts';
import { createEventBlockEncoder } from './encode-block.ts';

const encoder = createEventBlockEncoder();
const encode = (events: readonly Event[]) => encoder.encode(events, 0, events.length);

/** Bytes whose checksum is right again after they were changed. */
function resealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}

describe('a block of events', () => {
  it('gives back what was put in, all at once and one by one', () => {
    const blocks = fc.oneof(
      fc.array(eventArbitrary(nameArbitrary), { maxLength: 30 }),
      fc.array(eventArbitrary(wildTextArbitrary), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(blocks, (events) => {
        const block = openEventBlock(encode(events));
        expect(block.count).toBe(events.length);
        expect(block.events()).toStrictEqual(events);
        expect(block.ids()).toEqual(events.map((event) => event.id));
        expect(events.map((_, at) => block.eventAt(at))).toStrictEqual(events);
        const { places, textAt } = block.userPlaces();
        expect([...places].map((place) => (place === 0 ? null : textAt(place)))).toEqual(events.map((event) => event.userId));
      }),
      { numRuns: 300 },
    );
  });

  it('holds the most events, a part of a list, and received times of another', () => {
    const events = Array.from({ length: BLOCK_EVENTS_MAX + 10 }, (_, at) =>
      someEvent(`event-${at}`, { userId: `user-${at % 7}`, timeMs: 1e12 + at ** 3 }),
    );
    const received = Float64Array.from(events, (_, at) => 2e12 + at);
    const block = openEventBlock(encoder.encode(events, 10, events.length, received));
    expect(block.events()).toEqual(events.slice(10).map((event, at) => ({ ...event, receivedTimeMs: 2e12 + 10 + at })));
    expect(() => encode(events)).toThrow(RangeError);
  });

  it('reads from memory that is not aligned', () => {
    const events = [someEvent('a'), someEvent('b')];
    const bytes = encode(events);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(openEventBlock(shifted).events()).toEqual(events);
  });

  it.each([
    ['an id', { id: 7 }],
    ['a user', { userId: 7 }],
    ['a subject without lists', { subject: { kind: 'content', id: 'x', authorId: null, tags: [null], instruments: [] } }],
    ['a kind', { subject: { kind: 'toString', id: 'x', authorId: null, tags: [], instruments: [] } }],
    ['an action', { action: 'toString' }],
    ['a value', { value: NaN }],
    ['an infinite quantity', { quantity: Infinity }],
    ['a time with a fraction', { timeMs: 1.5 }],
    ['a missing received time', { receivedTimeMs: undefined }],
  ])('refuses %s that is not of its type, and goes on', (_what, fields) => {
    expect(() => encode([someEvent('a'), someEvent('b', fields as unknown as Partial<Event>)])).toThrow(
      expect.objectContaining({ code: 'EVENT_NOT_STORABLE' }),
    );
    expect(openEventBlock(encode([someEvent('c')])).events()).toEqual([someEvent('c')]);
  });

  it('finds every changed byte and every cut', () => {
    const bytes = encode([someEvent('a'), someEvent('b', { value: 3, query: '比特币' })]);
    for (let at = 0; at < bytes.length; at++) {
      const broken = bytes.slice();
      broken[at]! ^= 1 << (at % 8);
      expect(() => openEventBlock(broken)).toThrow(expect.objectContaining({ code: 'EVENT_BLOCK_DAMAGED' }));
      expect(() => openEventBlock(bytes.subarray(0, at))).toThrow(expect.objectContaining({ code: 'EVENT_BLOCK_DAMAGED' }));
    }
  });

  it('never fails otherwise than with its own error, even where the checksum is right', () => {
    const bytes = encode(goldenEvents().slice(0, 20));
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (places) => {
        const broken = bytes.slice();
        for (const [at, value] of places) if (at < 4 || at >= 12) broken[at] = value;
        try {
          const block = openEventBlock(resealed(broken));
          block.events();
          for (let at = 0; at < block.count; at++) block.eventAt(at);
        } catch (error) {
          expect(error).toBeInstanceOf(NisusError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('passes over columns that it does not know and says which version is missing where it must', () => {
    const bytes = encode([someEvent('a', { value: 7 })]);
    const rename = (from: string, to: string) => {
      const changed = bytes.slice();
      const at = Buffer.from(changed).indexOf(`${String.fromCharCode(from.length)}${from}`, 0, 'latin1');
      changed.set(Buffer.from(to), at + 1);
      return resealed(changed);
    };
    expect(openEventBlock(rename('value', 'later')).events()).toEqual([someEvent('a')]);
    expect(() => openEventBlock(rename('time', 'zzzz'))).toThrow('no column time');
    const action = bytes.slice();
    const at = Buffer.from(action).indexOf('\u0006action', 0, 'latin1') + 7;
    new DataView(action.buffer).setFloat64(at + 9, 200, true);
    expect(() => openEventBlock(resealed(action)).events()).toThrow(expect.objectContaining({ code: 'EVENT_BLOCK_VERSION' }));
  });

  it('reads blocks that were stored by every version so far', () => {
    const file = join(import.meta.dirname, '../goldens', 'events-v1.block');
    const stored = readFileSync(file);
    expect(openEventBlock(stored).events()).toStrictEqual(goldenEvents());
    // Not a promise, only a sign that the format moved: then the old file stays and a new one is put beside it.
    expect(Buffer.from(encode(goldenEvents())).equals(stored)).toBe(true);
  });
});
