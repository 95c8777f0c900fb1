import { NisusError } from '../../../base/error.ts';
import { printableText } from '../../../base/printable-text.ts';

/** Thrown when a Parquet file of events cannot be written or read. Code `EVENTS_FILE`. */
export class EventsFileError extends NisusError {
  constructor(path: string, problem: string, cause?: unknown) {
    super('EVENTS_FILE', `The events file ${printableText(path)}: ${printableText(problem, 400)}.`, { fields: { path, problem }, cause });
  }
}
