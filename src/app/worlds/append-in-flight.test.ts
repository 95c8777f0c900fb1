import { expect, test } from 'vitest';
import type { AppendResult } from '../../data/events/append-result.ts';
import type { Event } from '../../data/events/event.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import { createMemoryEventLog } from '../../data/events/memory-event-log.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import { appendInFlight } from './append-in-flight.ts';

const eventsOf = (count: number, from = 0) => Array.from({ length: count }, (_, at) => someEvent(`e${from + at}`));

/** A log whose appends are answered one by one, when the test says so. */
function slowLog() {
  const batches: { readonly events: readonly Event[]; answer(result: AppendResult): void; refuse(error: Error): void }[] = [];
  const append = (events: readonly Event[]) =>
    new Promise<AppendResult>((resolve, reject) => batches.push({ events, answer: resolve, refuse: reject }));
  return { log: { append } as unknown as EventLog, batches };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const accepted = (events: readonly Event[]): AppendResult => ({ accepted: events.length, rejected: [] }) as unknown as AppendResult;

test('everything added is in the log in order, and counted, duplicates apart', async () => {
  const log = createMemoryEventLog();
  const appending = appendInFlight(log);
  await appending.add(eventsOf(700));
  await appending.add(eventsOf(1_900, 700));
  await appending.add(eventsOf(10));
  await appending.finish();
  const ids: string[] = [];
  for await (const { events } of log.read(0)) ids.push(...events.map(({ id }) => id));
  expect(ids).toEqual(Array.from({ length: 2_600 }, (_, at) => `e${at}`));
  expect(appending.counts()).toEqual({ accepted: 2_600, rejected: 10 });
});

test('no more than eight batches are under way: the ninth waits until one is answered', async () => {
  const { log, batches } = slowLog();
  const appending = appendInFlight(log);
  let added = false;
  const adding = appending.add(eventsOf(9_000)).then(() => (added = true));
  await settled();
  expect(batches).toHaveLength(8);
  expect(added).toBe(false);
  batches[0]!.answer(accepted(batches[0]!.events));
  await adding;
  expect(batches.map(({ events }) => events.length)).toEqual(Array<number>(9).fill(1_000));
  const finishing = appending.finish();
  for (const { events, answer } of batches) answer(accepted(events));
  await finishing;
  expect(appending.counts().accepted).toBe(9_000);
});

test('what the log throws comes out of the next call, and of finish', async () => {
  const { log, batches } = slowLog();
  const appending = appendInFlight(log);
  await appending.add(eventsOf(1_000));
  batches[0]!.refuse(new Error('disk full'));
  await settled();
  await expect(appending.add(eventsOf(1_000, 1_000))).rejects.toThrow('disk full');
  expect(batches).toHaveLength(1);
  await expect(appending.finish()).rejects.toThrow('disk full');
});

test('a failure of the last batch is not lost', async () => {
  const { log, batches } = slowLog();
  const appending = appendInFlight(log);
  await appending.add(eventsOf(3));
  const finishing = appending.finish();
  await settled();
  batches[0]!.refuse(new Error('disk full'));
  await expect(finishing).rejects.toThrow('disk full');
});
