import { expect, test } from 'vitest';
import { NO_CONTEXT, type Event } from '../events/event.ts';
import { eventNumber, eventPrice, passesFilter } from './event-filter.ts';

const price: Event = {
  id: 'p1',
  userId: null,
  subject: { kind: 'instrument', id: 'BTC', authorId: null, tags: [], instruments: ['BTC'] },
  action: 'price',
  value: 50_000,
  quantity: null,
  query: null,
  timeMs: 1,
  receivedTimeMs: 2,
  context: NO_CONTEXT,
  schemaVersion: 1,
};

test('all conditions that are given must hold', () => {
  expect(passesFilter({}, price)).toBe(true);
  expect(passesFilter({ actions: ['click', 'price'], subjectKinds: ['instrument'], valueMin: 50_000 }, price)).toBe(true);
  expect(passesFilter({ actions: ['click'], subjectKinds: ['instrument'] }, price)).toBe(false);
  expect(passesFilter({ actions: [] }, price)).toBe(false);
  expect(passesFilter({ subjectKinds: ['content'] }, price)).toBe(false);
  expect(passesFilter({ subjectKinds: ['instrument'] }, { ...price, subject: null })).toBe(false);
  expect(passesFilter({ surfaces: ['feed'] }, price)).toBe(false);
  expect(passesFilter({ valueMin: 50_001 }, price)).toBe(false);
  expect(passesFilter({ valueMin: -1 }, { ...price, value: null })).toBe(false);
});

test('numbers and prices of an event', () => {
  expect(eventNumber('one', price)).toBe(1);
  expect(eventNumber('value', price)).toBe(50_000);
  expect(eventNumber('quantity', price)).toBe(null);
  expect(eventPrice(price)).toBe(50_000);
  expect(eventPrice({ ...price, value: 0 })).toBe(null);
  expect(eventPrice({ ...price, value: null })).toBe(null);
  expect(eventPrice({ ...price, action: 'click' })).toBe(null);
});
