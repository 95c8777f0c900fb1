import type { EventBatch } from '../event-log.ts';
import type { LogReader } from './log-reader.ts';

/** `EventLog.read` up to `end`. @param requireOpen throws when the log is closed */
export async function* readLog(
  reader: LogReader,
  fromOffset: number,
  end: number,
  batchEventsMax: number,
  requireOpen: () => void,
): AsyncGenerator<EventBatch, void> {
  const batches = reader.batches(fromOffset, end, batchEventsMax);
  for (;;) {
    requireOpen();
    const { done, value } = await batches.next();
    if (done === true) return;
    yield value;
  }
}

/** `EventLog.follow`. @param more waits until there may be more, or until the signal fires */
export async function* followLog(
  reader: LogReader,
  fromOffset: number,
  batchEventsMax: number,
  signal: AbortSignal,
  requireOpen: () => void,
  more: (signal: AbortSignal) => Promise<void>,
): AsyncGenerator<EventBatch, void> {
  let next = fromOffset;
  while (!signal.aborted) {
    requireOpen();
    const end = reader.nextOffset();
    if (end <= next) {
      await more(signal);
      continue;
    }
    for await (const batch of readLog(reader, next, end, batchEventsMax, requireOpen)) {
      if (signal.aborted) return;
      yield batch;
      next = batch.firstOffset + batch.events.length;
      if (signal.aborted) return;
    }
    next = end;
  }
}
