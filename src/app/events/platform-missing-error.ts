import { NisusError } from '../../base/error.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';

/** Thrown when there is no event log where a platform's should be. Code `PLATFORM_MISSING`. */
export class PlatformMissingError extends NisusError {
  constructor(folder: string, others: readonly string[]) {
    const there = others.length === 0 ? '' : ` There is ${others.join(', ')}.`;
    super(
      'PLATFORM_MISSING',
      `${folder} holds no event log. Name a platform with --platform, or make one: ${PROGRAM_COMMAND} start makes the world's, ${PROGRAM_COMMAND} events import FILE one of your own.${there}`,
      { fields: { folder, others } },
    );
  }
}
