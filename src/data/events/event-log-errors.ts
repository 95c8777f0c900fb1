import { NisusError } from '../../base/error.ts';

/** Thrown when a batch has more events than the log takes at once; nothing of it was stored. Code `LOG_BATCH_TOO_LARGE`. */
export class BatchTooLargeError extends NisusError {
  constructor(events: number, batchEventsMax: number) {
    super('LOG_BATCH_TOO_LARGE', `The batch has ${events} events, ${batchEventsMax} is the most. Send it in parts.`, {
      fields: { events, batchEventsMax },
    });
  }
}

/** Thrown when too many events wait for the disk already; nothing of the batch was stored. Code `LOG_BUSY`. */
export class LogBusyError extends NisusError {
  constructor(waiting: number, queueEventsMax: number) {
    super('LOG_BUSY', `${waiting} events wait to be written, ${queueEventsMax} is the most. Send the batch again a little later.`, {
      fields: { waiting, queueEventsMax },
    });
  }
}

/** Thrown when a log is used after it was closed. Code `LOG_CLOSED`. */
export class LogClosedError extends NisusError {
  constructor() {
    super('LOG_CLOSED', 'The event log is closed. Open it again.');
  }
}

/** Thrown when the disk refuses, or the writer is gone; nothing of the batch was stored. Code `LOG_WRITE`. */
export class LogWriteError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('LOG_WRITE', `Cannot write to the event log in ${folder}: ${problem}.`, { fields: { folder, problem }, cause });
  }
}

/** Thrown when a folder cannot be opened as an event log. Code `LOG_UNREADABLE`. */
export class LogUnreadableError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('LOG_UNREADABLE', `Cannot open the event log in ${folder}: ${problem}.`, { fields: { folder, problem }, cause });
  }
}

/** Thrown when another process, or this one, writes to a log already. Code `LOG_LOCKED`. */
export class LogLockedError extends NisusError {
  constructor(folder: string, holder: string) {
    super('LOG_LOCKED', `The event log in ${folder} is open for writing by ${holder}. Stop that one first, or open the log for reading.`, {
      fields: { folder, holder },
    });
  }
}

/** Thrown when an option of a log is of a wrong kind. Code `LOG_OPTION`. */
export class LogOptionError extends NisusError {
  constructor(problem: string) {
    super('LOG_OPTION', `The event log was given a wrong option: ${problem}.`, { fields: { problem } });
  }
}
