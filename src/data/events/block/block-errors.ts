import { NisusError } from '../../../base/error.ts';
import { printableText } from '../../../base/printable-text.ts';

/** Thrown when the bytes of a stored block are not what was written. Code `EVENT_BLOCK_DAMAGED`. */
export class EventBlockDamagedError extends NisusError {
  constructor(problem: string) {
    super(
      'EVENT_BLOCK_DAMAGED',
      `A stored block of events is damaged: ${problem}. Restore the log from a copy, or rebuild it from an export.`,
      {
        fields: { problem },
      },
    );
  }
}

/** Thrown when a block was written by a newer version of the program. Code `EVENT_BLOCK_VERSION`. */
export class EventBlockVersionError extends NisusError {
  constructor(what: string, found: number, known: number) {
    super(
      'EVENT_BLOCK_VERSION',
      `A stored block of events has ${what} ${found}, this program knows up to ${known}. Open the log with the version that wrote it, or a newer one.`,
      { fields: { what, found, known } },
    );
  }
}

/** Thrown when an event is not what its type says: a defect of the caller, found before anything is stored. Code `EVENT_NOT_STORABLE`. */
export class EventNotStorableError extends NisusError {
  constructor(field: string, found: unknown, expected: string) {
    const shown = typeof found === 'string' ? `"${printableText(found, 60)}"` : typeof found === 'number' ? String(found) : typeof found;
    super('EVENT_NOT_STORABLE', `An event's ${field} is ${shown}, expected ${expected}. Read events from outside with parseEvents.`, {
      fields: { field },
    });
  }
}
