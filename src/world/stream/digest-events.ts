import { createHash } from 'node:crypto';
import type { Event } from '../../data/events/event.ts';

/** A running SHA-256 over events. */
export interface EventDigest {
  add(events: readonly Event[]): void;
  /** Hexadecimal, of all events so far; more may be added afterwards. */
  value(): string;
  /** Events so far. */
  count(): number;
}

/** Bytes gathered before they are hashed. */
const CHUNK_BYTES = 1 << 16;

/**
 * A digest of events in a canonical binary form: every field in the order of the envelope; numbers as IEEE doubles, big
 * endian; texts as their length and UTF-8; null as one byte 0, before anything else a byte 1. Two streams have one digest
 * when they are equal field by field and in order, whatever the machine and the version of Node.js.
 */
export function createEventDigest(): EventDigest {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let at = 0;
  let count = 0;

  const room = (bytes: number) => {
    if (at + bytes <= CHUNK_BYTES) return;
    hash.update(buffer.subarray(0, at));
    at = 0;
  };
  const number = (value: number | null) => {
    room(9);
    buffer[at++] = value === null ? 0 : 1;
    if (value !== null) at = buffer.writeDoubleBE(value, at);
  };
  const text = (value: string | null) => {
    if (value === null) {
      room(1);
      buffer[at++] = 0;
      return;
    }
    const bytes = Buffer.byteLength(value);
    room(5);
    buffer[at++] = 1;
    at = buffer.writeUInt32BE(bytes, at);
    if (bytes > CHUNK_BYTES) {
      room(CHUNK_BYTES);
      hash.update(value);
      return;
    }
    room(bytes);
    at += buffer.write(value, at);
  };
  const texts = (values: readonly string[]) => {
    number(values.length);
    for (const value of values) text(value);
  };

  const add = ({ id, userId, subject, action, value, quantity, query, timeMs, receivedTimeMs, context, schemaVersion }: Event) => {
    text(id);
    text(userId);
    text(subject === null ? null : subject.kind);
    if (subject !== null) {
      text(subject.id);
      text(subject.authorId);
      texts(subject.tags);
      texts(subject.instruments);
    }
    text(action);
    number(value);
    number(quantity);
    text(query);
    number(timeMs);
    number(receivedTimeMs);
    text(context.surface);
    text(context.sessionId);
    text(context.requestId);
    number(context.position);
    number(context.propensity);
    text(context.modelVersion);
    const arms = context.experiments;
    text(arms === null ? null : 'arms');
    if (arms !== null) {
      texts(Object.keys(arms).toSorted());
      for (const name of Object.keys(arms).toSorted()) text(arms[name]!);
    }
    number(schemaVersion);
  };

  return {
    add(events) {
      for (const event of events) add(event);
      count += events.length;
    },
    value() {
      room(CHUNK_BYTES);
      return hash.copy().digest('hex');
    },
    count: () => count,
  };
}

/** The digest of events at once: see {@link createEventDigest}. */
export function digestEvents(events: Iterable<Event>): string {
  const digest = createEventDigest();
  for (const event of events) digest.add([event]);
  return digest.value();
}
