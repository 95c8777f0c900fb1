import { NisusError } from '../../base/error.ts';

/** Thrown when a file of events is to be written where one is. Code `EVENTS_FILE_EXISTS`. */
export class EventsFileExistsError extends NisusError {
  constructor(file: string) {
    super('EVENTS_FILE_EXISTS', `${file} is there already. Give another name, or --replace.`, { fields: { file } });
  }
}

/** Thrown when a file of events is to be read that is not there. Code `EVENTS_FILE_MISSING`. */
export class EventsFileMissingError extends NisusError {
  constructor(file: string) {
    super('EVENTS_FILE_MISSING', `${file} does not exist. Check the path.`, { fields: { file } });
  }
}
