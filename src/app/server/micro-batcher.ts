import type { Clock } from '../../base/clock.ts';
import type { Ranker } from '../../learn/interaction-sequences.ts';
import { composeBatch } from './batch-composer.ts';
import { BatcherClosedError, DeadlineExceededError, QueueFullError, RequestCancelledError, ScoreCountError } from './batching-errors.ts';

/** One history to be scored. */
export interface ScoreRequest {
  /** Item indices, oldest first. */
  readonly history: Int32Array;
  /** Beside `history`, milliseconds since the epoch; read only where the batcher was made with `hasTimes`. */
  readonly timesMs: Float64Array | null;
  /** When the request is made, milliseconds since the epoch. */
  readonly requestTimeMs: number;
  /** Whether nobody waits for the answer any more; asked just before the model is called. @default never */
  readonly isCancelled?: () => boolean;
}

/** What one call of the model was like. */
export interface BatchEvent {
  readonly rows: number;
  /** Rows × the longest history. */
  readonly cells: number;
  /** Of those, cells that hold no item. */
  readonly paddedCells: number;
  readonly durationMs: number;
  /** How long its oldest request had waited for the call. */
  readonly oldestWaitMs: number;
  readonly failed: boolean;
}

/** Bounds of a {@link MicroBatcher}; every one has a default. */
export interface BatchingOptions {
  /** Rows in one call of the model, at most. @default 32 */
  readonly batchRowsMax?: number;
  /** Requests waiting, at most; one more is refused with {@link QueueFullError}. @default 1024 */
  readonly queueLengthMax?: number;
  /** How long an idle model waits for a fuller batch. @default 0: it starts at once */
  readonly waitMsMax?: number;
  /** How long a request waits for its scores before {@link DeadlineExceededError}. @default 10000 */
  readonly deadlineMs?: number;
  /** Calls of the model at a time. @default 1: the model itself uses every core */
  readonly callsAtOnceMax?: number;
  /** See {@link BatchLimits}. @default 256 */
  readonly paddingCellsFree?: number;
  /** See {@link BatchLimits}. @default 0.25 */
  readonly paddingShareMax?: number;
}

export interface MicroBatcherOptions extends BatchingOptions {
  readonly ranker: Ranker;
  /** Whether the ranker is to be given times. */
  readonly hasTimes: boolean;
  readonly clock: Clock;
  /** Called after each call of the model. */
  readonly onBatch?: (event: BatchEvent) => void;
}

/** Collects concurrent requests into calls of the model. */
export interface MicroBatcher {
  /**
   * The scores of all items for one history: `[itemCount]`, a view into the batch's scores that is the caller's.
   *
   * @throws QueueFullError, DeadlineExceededError, BatcherClosedError, RequestCancelledError, ScoreCountError; or what the ranker throws for this history alone
   */
  score(request: ScoreRequest): Promise<Float32Array>;
  /** Requests that wait for a call. */
  queueLength(): number;
  /** Requests that are in a call. */
  rowsInFlight(): number;
  /** Refuses new requests and resolves when every accepted one has its answer. */
  close(): Promise<void>;
}

interface Entry {
  readonly request: ScoreRequest;
  readonly sinceMs: number;
  readonly resolve: (scores: Float32Array) => void;
  readonly reject: (error: unknown) => void;
  deadline: NodeJS.Timeout | undefined;
}

/**
 * A batcher before one ranker.
 *
 * An idle model starts at the end of the event loop's turn in which a request arrived (so requests read from several
 * sockets in one turn share a call); a busy one is called again as soon as it is done, with what arrived meanwhile. So
 * batches grow with the load, and a lone request waits for nothing. {@link composeBatch} chooses who goes together.
 *
 * When a call of several rows fails, each row is tried alone: only the requests that fail by themselves get an error.
 */
export function createMicroBatcher(options: MicroBatcherOptions): MicroBatcher {
  const { ranker, clock, hasTimes } = options;
  const queueLengthMax = options.queueLengthMax ?? 1024;
  const waitMsMax = options.waitMsMax ?? 0;
  const deadlineMs = options.deadlineMs ?? 10_000;
  const callsAtOnceMax = options.callsAtOnceMax ?? 1;
  const limits = {
    batchRowsMax: options.batchRowsMax ?? 32,
    paddingCellsFree: options.paddingCellsFree ?? 256,
    paddingShareMax: options.paddingShareMax ?? 0.25,
  };
  let queue: Entry[] = [];
  let callCount = 0;
  let rowCount = 0;
  let isPumpScheduled = false;
  let waitTimer: NodeJS.Timeout | undefined;
  let drained: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  function schedulePump(): void {
    if (isPumpScheduled || callCount >= callsAtOnceMax) return;
    isPumpScheduled = true;
    setImmediate(() => {
      isPumpScheduled = false;
      pump();
    });
  }

  /** Starts calls while there are requests and the model is free. */
  function pump(): void {
    clearTimeout(waitTimer);
    while (callCount < callsAtOnceMax && queue.length > 0) {
      const waitMsLeft = closing === undefined ? queue[0]!.sinceMs + waitMsMax - clock.monotonicMs() : 0;
      if (waitMsLeft > 0 && queue.length < limits.batchRowsMax) {
        waitTimer = setTimeout(pump, Math.ceil(waitMsLeft));
        return;
      }
      const batch = takeBatch();
      if (batch.length > 0) void runBatch(batch);
    }
    if (closing !== undefined && callCount === 0 && queue.length === 0) drained?.();
  }

  function takeBatch(): Entry[] {
    const waiting: Entry[] = [];
    for (const entry of queue) {
      if (entry.request.isCancelled?.() === true) settle(entry, () => entry.reject(new RequestCancelledError()));
      else waiting.push(entry);
    }
    const chosen = composeBatch(
      waiting.map((entry) => entry.request.history.length),
      limits,
    );
    const batch = chosen.map((at) => waiting[at]!);
    const isChosen = new Set(chosen);
    queue = waiting.filter((_, at) => !isChosen.has(at));
    return batch;
  }

  async function runBatch(batch: readonly Entry[]): Promise<void> {
    callCount++;
    rowCount += batch.length;
    const settlements: (() => void)[] = [];
    try {
      const scores = await call(batch);
      for (const [row, entry] of batch.entries()) settlements.push(() => entry.resolve(rowOf(scores, row)));
    } catch (error) {
      if (batch.length === 1) settlements.push(() => batch[0]!.reject(error));
      else for (const entry of batch) settlements.push(await retryAlone(entry));
    }
    callCount--;
    rowCount -= batch.length;
    // The model starts on the next batch before this one's answers are built: it works on its own threads meanwhile.
    pump();
    for (const [row, entry] of batch.entries()) settle(entry, settlements[row]!);
  }

  async function retryAlone(entry: Entry): Promise<() => void> {
    try {
      const scores = await call([entry]);
      return () => entry.resolve(scores);
    } catch (error) {
      return () => entry.reject(error);
    }
  }

  async function call(batch: readonly Entry[]): Promise<Float32Array> {
    const startMs = clock.monotonicMs();
    let isFailed = true;
    try {
      const scores = await ranker.score({
        histories: batch.map((entry) => entry.request.history),
        timesMs: hasTimes ? batch.map((entry) => entry.request.timesMs ?? new Float64Array(0)) : null,
        requestTimesMs: hasTimes ? Float64Array.from(batch, (entry) => entry.request.requestTimeMs) : null,
      });
      if (scores.length !== batch.length * ranker.itemCount) {
        throw new ScoreCountError(ranker.name, scores.length, batch.length, ranker.itemCount);
      }
      isFailed = false;
      return scores;
    } finally {
      report(batch, startMs, isFailed);
    }
  }

  function report(batch: readonly Entry[], startMs: number, failed: boolean): void {
    if (options.onBatch === undefined) return;
    let longest = 0;
    let filled = 0;
    let sinceMs = startMs;
    for (const entry of batch) {
      filled += entry.request.history.length;
      longest = Math.max(longest, entry.request.history.length);
      sinceMs = Math.min(sinceMs, entry.sinceMs);
    }
    const cells = longest * batch.length;
    const durationMs = clock.monotonicMs() - startMs;
    const oldestWaitMs = startMs - sinceMs;
    options.onBatch({ rows: batch.length, cells, paddedCells: cells - filled, durationMs, oldestWaitMs, failed });
  }

  function rowOf(scores: Float32Array, row: number): Float32Array {
    return scores.subarray(row * ranker.itemCount, (row + 1) * ranker.itemCount);
  }

  function settle(entry: Entry, settlement: () => void): void {
    clearTimeout(entry.deadline);
    settlement();
  }

  /** A request past its deadline leaves the queue; one in a call is answered now, its scores are dropped later. */
  function expire(entry: Entry): void {
    const at = queue.indexOf(entry);
    if (at >= 0) queue.splice(at, 1);
    entry.reject(new DeadlineExceededError(deadlineMs));
    if (closing !== undefined) pump();
  }

  return {
    score(request) {
      if (closing !== undefined) return Promise.reject(new BatcherClosedError());
      if (queue.length >= queueLengthMax) return Promise.reject(new QueueFullError(queueLengthMax));
      return new Promise((resolve, reject) => {
        const entry: Entry = { request, sinceMs: clock.monotonicMs(), resolve, reject, deadline: undefined };
        entry.deadline = setTimeout(expire, deadlineMs, entry);
        queue.push(entry);
        schedulePump();
      });
    },
    queueLength: () => queue.length,
    rowsInFlight: () => rowCount,
    close() {
      closing ??= new Promise((resolve) => {
        drained = resolve;
        // Not at once: `closing` has to be set before the pump looks at it.
        setImmediate(pump);
      });
      return closing;
    },
  };
}
