import { NisusError } from '../../base/error.ts';

/** Thrown when the queue holds as many requests as it may; come back after a moment. */
export class QueueFullError extends NisusError {
  constructor(queueLengthMax: number) {
    super('OVERLOADED', `${queueLengthMax} requests already wait for the model; try again in a second`, {
      fields: { queueLengthMax },
    });
  }
}

/** Thrown when a request was not scored within its deadline. */
export class DeadlineExceededError extends NisusError {
  constructor(deadlineMs: number) {
    super('DEADLINE_EXCEEDED', `the model did not answer within ${deadlineMs} ms; try again in a second`, {
      fields: { deadlineMs },
    });
  }
}

/** Thrown when a request arrives after {@link MicroBatcher.close}. */
export class BatcherClosedError extends NisusError {
  constructor() {
    super('DRAINING', 'this server is shutting down; send the request to another one');
  }
}

/** Thrown when the model answered with another number of scores than rows × items. */
export class ScoreCountError extends NisusError {
  constructor(ranker: string, actual: number, rows: number, itemCount: number) {
    super('SCORE_COUNT', `${ranker} gave ${actual} scores for ${rows} histories × ${itemCount} items`, {
      fields: { ranker, actual, rows, itemCount },
    });
  }
}

/** Thrown when whoever asked is gone; nobody reads it. */
export class RequestCancelledError extends NisusError {
  constructor() {
    super('CANCELLED', 'the client closed the connection before the model was called');
  }
}
