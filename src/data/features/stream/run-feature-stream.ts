import type { EventLog } from '../../events/event-log.ts';
import type { FeatureStream } from './feature-stream.ts';

/** What {@link runFeatureStream} needs. */
export interface RunFeatureStreamOptions {
  readonly log: EventLog;
  readonly stream: FeatureStream;
  readonly signal: AbortSignal;
  /** @default 1000 */
  readonly batchEventsMax?: number;
}

/** Batches between two looks for views that a backfill has made ready, while the stream is behind the log. */
const BATCHES_BETWEEN_LOOKS = 200;

/**
 * Follows a log and keeps features up to date until the signal fires; then flushes and resolves. Commits when it has
 * caught up with the log, so that other processes see every event soon after it was appended; while it is behind, by the
 * stream's own bound. Takes over what backfills have made ready, and reads their part of the log again for them alone.
 *
 * @throws what the log or the store throw
 */
export async function runFeatureStream({ log, stream, signal, batchEventsMax = 1000 }: RunFeatureStreamOptions): Promise<void> {
  while (!signal.aborted) {
    let batches = 0;
    for await (const batch of log.read(stream.nextOffset(), { batchEventsMax })) {
      await stream.consume(batch);
      if (signal.aborted || (++batches % BATCHES_BETWEEN_LOOKS === 0 && (await stream.adopt()))) break;
    }
    await stream.flush();
    if (signal.aborted || (await stream.adopt())) continue;
    for await (const batch of log.follow(stream.nextOffset(), { signal, batchEventsMax })) {
      await stream.consume(batch);
      if (batch.events.length === batchEventsMax) break; // More may wait: what is behind is read, so that its end shows.
      await stream.flush();
      if (await stream.adopt()) break;
    }
  }
  await stream.flush();
}
