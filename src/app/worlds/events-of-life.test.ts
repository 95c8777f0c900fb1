import { expect, test } from 'vitest';
import { NO_CONTEXT, type Event } from '../../data/events/event.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { eventsOfLife } from './events-of-life.ts';

test('two lives share no id, one life keeps together what belongs together, and nothing else changes', () => {
  const context = { ...NO_CONTEXT, sessionId: 's1', requestId: 's1.2', surface: 'feed', position: 3 };
  const events = [someEvent('1', { context }), someEvent('2', { context }), someEvent('3', { userId: null, action: 'price' })];
  const lives = [60_000, 120_000].map((beginMs) => eventsOfLife(events, beginMs));
  const idsOf = (life: readonly Event[]) =>
    new Set(life.flatMap(({ id, context: { sessionId, requestId } }) => [id, sessionId, requestId]));
  const ofFirst = idsOf(lives[0]!);
  expect([...idsOf(lives[1]!)].filter((id) => ofFirst.has(id))).toEqual([null]);
  const [first, second, price] = lives[0]!;
  expect(second!.context).toEqual(first!.context);
  expect(price!.context).toEqual(NO_CONTEXT);
  const { id, ...rest } = first!;
  expect(id).not.toBe('1');
  const { sessionId, requestId } = rest.context;
  expect({ id: '1', ...rest, context: { ...rest.context, sessionId: 's1', requestId: 's1.2' } }).toEqual(events[0]);
  expect(requestId).not.toBe(sessionId);
});
