import type { Event } from './event.ts';
import type { AppendResult } from './append-result.ts';

/**
 * An ordered, durable record of events. The embedded one stands in `embedded/`; every implementation passes
 * `event-log-suite.fixture.ts`.
 *
 * Offsets rise by one from event to event within a batch; between batches there may be gaps. An offset never changes
 * its event. In order of offset `receivedTimeMs` never falls, so **what was known at a moment is a prefix of the log**.
 */
export interface EventLog {
  /**
   * Appends events. When the promise resolves, what is `accepted` is on the disk: it survives `kill -9` and power loss.
   * Nothing of a batch is visible before all of it is.
   *
   * Per event, in order: an id that the log holds (or that stands earlier in the batch) is a duplicate and changes
   * nothing; a time that lies more than `latenessMsMax` before the latest time in the log is rejected as `too-late`;
   * one more than `futureMsMax` after its received time as `in-future`. All are counted, none fails the batch.
   * A `receivedTimeMs` below that of the log's last event is raised to it.
   *
   * @throws {BatchTooLargeError} beyond `batchEventsMax`; {@link LogBusyError} when `queueEventsMax` events wait already;
   * {@link LogClosedError}; {@link LogWriteError} when the disk refuses (nothing of the batch was stored).
   */
  append(events: readonly Event[]): Promise<AppendResult>;

  /** Batches from an offset on, in order, up to what was appended when the call was made. */
  read(fromOffset: number, options?: ReadOptions): AsyncIterable<EventBatch>;

  /** As {@link EventLog.read}, and then on as events are appended (by any process), until the signal fires: then it ends. */
  follow(fromOffset: number, options: ReadOptions & { readonly signal: AbortSignal }): AsyncIterable<EventBatch>;

  /** The latest events of one user, oldest first; all that were received before `beforeMs` where it is given. */
  readUser(userId: string, options: { readonly limit: number; readonly receivedBeforeMs?: number }): Promise<readonly Event[]>;

  /** Lets whole blocks go whose events all happened before a time; returns how many events went. Ids of events that went are forgotten. */
  dropBefore(timeMs: number): Promise<number>;

  statistics(): Promise<EventLogStatistics>;

  /** Waits for appends under way, then lets go of files. Further calls throw {@link LogClosedError}. */
  close(): Promise<void>;
}

/** How a log is read. */
export interface ReadOptions {
  /** Events a batch at most. @default 1000 */
  readonly batchEventsMax?: number;
}

/** Some consecutive events: event `i` has offset `firstOffset + i`. */
export interface EventBatch {
  readonly firstOffset: number;
  readonly events: readonly Event[];
}

/** What a log holds, and what it has turned away since it was made. */
export interface EventLogStatistics {
  readonly events: number;
  /** Offset of the oldest event kept; `nextOffset` where there is none. */
  readonly firstOffset: number;
  /** Offset that the next event will get. */
  readonly nextOffset: number;
  readonly bytes: number;
  /** Of the events kept; null where there is none. */
  readonly firstTimeMs: number | null;
  readonly lastTimeMs: number | null;
  readonly lastReceivedTimeMs: number | null;
  readonly duplicates: number;
  readonly tooLate: number;
  readonly inFuture: number;
  /** Accepted although an event with a later time was there already. */
  readonly outOfOrder: number;
}
