import type { AppendResult } from '../append-result.ts';
import { admitEvents, type Arrivals } from '../arrival.ts';
import { BLOCK_EVENTS_MAX } from '../block/column-layout.ts';
import { createEventBlockEncoder } from '../block/encode-block.ts';
import type { Event } from '../event.ts';
import { BatchTooLargeError, LogBusyError } from '../event-log-errors.ts';
import type { CheckedLogOptions } from './log-options.ts';
import type { SegmentList } from './segment-list.ts';
import type { NewBlock, WriterRequest } from './writer-messages.ts';

interface WaitingBatch {
  readonly sequence: number;
  readonly events: number;
  readonly result: AppendResult;
  /** Takes back what the batch changed in memory. */
  readonly undo: () => void;
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/** Batches between the caller and the disk. */
export interface AppendQueue {
  append(events: readonly Event[]): Promise<AppendResult>;
  /** Every batch up to a sequence number is on the disk. */
  stored(sequence: number): void;
  /** The disk refused: all that wait are rejected, and memory goes back to what is on the disk. */
  failed(epoch: number, error: Error): void;
  /** As {@link AppendQueue.failed}, whatever the epoch. */
  abandon(error: Error): void;
  /** Everything below is on the disk. */
  durableOffset(): number;
  isEmpty(): boolean;
  /** Resolves when nothing waits. Never rejects. */
  drained(): Promise<void>;
}

/**
 * A queue for one writer. Batches are admitted, indexed and encoded when they come, on the caller's thread, as if those before them
 * were on the disk already; should the disk refuse one, all after it are refused too.
 */
export function createAppendQueue(
  options: CheckedLogOptions,
  arrivals: Arrivals,
  segments: SegmentList,
  post: (request: WriterRequest) => void,
): AppendQueue {
  const encoder = createEventBlockEncoder();
  let waiting: WaitingBatch[] = [];
  let waitingEvents = 0;
  let sequence = 0;
  let epoch = 0;
  let durableOffset = arrivals.nextOffset;
  let onDrained: (() => void)[] = [];

  function settle(): void {
    if (waiting.length > 0) return;
    const callbacks = onDrained;
    onDrained = [];
    for (const callback of callbacks) callback();
  }

  function prepare(events: readonly Event[]): { readonly blocks: NewBlock[]; readonly result: AppendResult; readonly undo: () => void } {
    const before = { ...arrivals };
    const unmark = segments.mark();
    const undo = () => {
      unmark();
      Object.assign(arrivals, before);
    };
    try {
      segments.makeRoom(arrivals.nextOffset, events.length);
      const { accepted, receivedTimesMs, rejected } = admitEvents(events, arrivals, options, segments);
      segments.addUsers(accepted);
      const blocks: NewBlock[] = [];
      for (let from = 0; from < accepted.length; from += BLOCK_EVENTS_MAX) {
        const to = Math.min(accepted.length, from + BLOCK_EVENTS_MAX);
        const bytes = encoder.encode(accepted, from, to, receivedTimesMs);
        blocks.push({ ...timesOf(accepted, receivedTimesMs, from, to), firstOffset: before.nextOffset + from, events: to - from, bytes });
      }
      return { blocks, result: { accepted: accepted.length, nextOffset: arrivals.nextOffset, rejected }, undo };
    } catch (error) {
      undo();
      throw error;
    }
  }

  function giveUp(error: Error): void {
    const refused = waiting;
    waiting = [];
    waitingEvents = 0;
    epoch++;
    // Latest first, so that each finds memory as it left it.
    for (const batch of refused.toReversed()) batch.undo();
    for (const batch of refused) batch.reject(error);
    settle();
  }

  return {
    async append(events) {
      if (events.length > options.batchEventsMax) throw new BatchTooLargeError(events.length, options.batchEventsMax);
      if (waitingEvents + events.length > options.queueEventsMax) throw new LogBusyError(waitingEvents, options.queueEventsMax);
      const { blocks, result, undo } = prepare(events);
      const { promise, resolve, reject } = Promise.withResolvers<AppendResult>();
      waiting.push({ sequence: ++sequence, events: events.length, result, undo, resolve, reject });
      waitingEvents += events.length;
      post({ kind: 'write', epoch, sequence, blocks, arrivals: { ...arrivals } });
      return promise;
    },
    stored(upTo) {
      let done = 0;
      while (done < waiting.length && waiting[done]!.sequence <= upTo) done++;
      for (const batch of waiting.splice(0, done)) {
        waitingEvents -= batch.events;
        durableOffset = batch.result.nextOffset;
        batch.resolve(batch.result);
      }
      settle();
    },
    failed(failedEpoch, error) {
      if (failedEpoch === epoch) giveUp(error);
    },
    abandon: giveUp,
    durableOffset: () => durableOffset,
    isEmpty: () => waiting.length === 0,
    drained: () => (waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => void onDrained.push(resolve))),
  };
}

function timesOf(
  events: readonly Event[],
  receivedTimesMs: Float64Array,
  from: number,
  to: number,
): Pick<NewBlock, 'firstTimeMs' | 'lastTimeMs' | 'firstReceivedMs' | 'lastReceivedMs'> {
  let firstTimeMs = Infinity;
  let lastTimeMs = -Infinity;
  for (let at = from; at < to; at++) {
    const { timeMs } = events[at]!;
    if (timeMs < firstTimeMs) firstTimeMs = timeMs;
    if (timeMs > lastTimeMs) lastTimeMs = timeMs;
  }
  return { firstTimeMs, lastTimeMs, firstReceivedMs: receivedTimesMs[from]!, lastReceivedMs: receivedTimesMs[to - 1]! };
}
