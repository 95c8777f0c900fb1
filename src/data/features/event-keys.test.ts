import { expect, test } from 'vitest';
import { NO_CONTEXT, type Event } from '../events/event.ts';
import { eventKeys } from './event-keys.ts';
import { eventTerms } from './event-terms.ts';
import { ENTITIES } from './feature-declaration.ts';

const event: Event = {
  id: 'e1',
  userId: 'u1',
  subject: { kind: 'content', id: 'post-17', authorId: 'a1', tags: ['b', 'a', '', 'b'], instruments: ['BTC', 'ETH', 'BTC'] },
  action: 'click',
  value: null,
  quantity: null,
  query: null,
  timeMs: 1_700_000_000_000,
  receivedTimeMs: 1_700_000_000_500,
  context: { ...NO_CONTEXT, surface: 'feed', position: 0 },
  schemaVersion: 1,
};

test('an event counts for each different key once', () => {
  expect(Object.fromEntries(ENTITIES.map((entity) => [entity, eventKeys(entity, event)]))).toEqual({
    user: ['u1'],
    subject: ['content:post-17'],
    author: ['a1'],
    instrument: ['BTC', 'ETH'],
    tag: ['b', 'a'],
    'user-tag': ['u1\u001Fb', 'u1\u001Fa'],
    'user-author': ['u1\u001Fa1'],
    'surface-position': ['feed\u001F0'],
  });
});

test('an event without the key counts for none', () => {
  const bare: Event = { ...event, userId: null, subject: null, context: NO_CONTEXT };
  for (const entity of ENTITIES) expect(eventKeys(entity, bare)).toEqual([]);
  const empty: Event = {
    ...event,
    userId: '',
    subject: { ...event.subject!, authorId: '', tags: [''] },
    context: { ...NO_CONTEXT, surface: '', position: 1 },
  };
  expect(ENTITIES.filter((entity) => eventKeys(entity, empty).length > 0)).toEqual(['subject', 'instrument']);
  expect(eventTerms('author', empty)).toEqual([]);
  const nameless: Event = { ...event, userId: null, subject: { ...event.subject!, authorId: null } };
  expect(ENTITIES.filter((entity) => eventKeys(entity, nameless).length > 0)).toEqual(['subject', 'instrument', 'tag', 'surface-position']);
});

test('terms come in the order of the event, each once; a time is decimal', () => {
  expect(eventTerms('tag', event)).toEqual(['b', 'a']);
  expect(eventTerms('instrument', event)).toEqual(['BTC', 'ETH']);
  expect(eventTerms('subject', event)).toEqual(['content:post-17']);
  expect(eventTerms('time', event)).toEqual(['1700000000000']);
  expect(eventTerms('action', event)).toEqual(['click']);
  expect(eventTerms('surface', event)).toEqual(['feed']);
  expect(eventTerms('query', event)).toEqual([]);
  expect(eventTerms('tag', { ...event, subject: null })).toEqual([]);
});
