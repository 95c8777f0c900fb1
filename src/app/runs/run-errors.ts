import { NisusError } from '../../base/error.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';
import { describeDifferences, type ConfigDifference } from './config-differences.ts';

/** Thrown when a folder holds no run. Code `RUN_MISSING`. */
export class RunMissingError extends NisusError {
  constructor(folder: string, cause?: unknown) {
    super('RUN_MISSING', `${folder} holds no run (no run.json). Train one with: ${PROGRAM_COMMAND} train DATA --run ${folder}`, {
      fields: { folder },
      cause,
    });
  }
}

/** Thrown when a run's record cannot be read. Code `RUN_DAMAGED`. */
export class RunDamagedError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('RUN_DAMAGED', `The run in ${folder} is damaged: ${problem}. Train it again into a new folder.`, {
      fields: { folder, problem },
      cause,
    });
  }
}

/** Thrown when a command is given a run of a kind that it does not work on. Code `RUN_KIND`. */
export class RunKindError extends NisusError {
  constructor(folder: string, kind: string) {
    super(
      'RUN_KIND',
      `The run in ${folder} is of the kind ${kind}: its model reads what people did in all domains of a platform. \`${PROGRAM_COMMAND} train --resume --run ${folder}\` and \`${PROGRAM_COMMAND} evaluate ${folder}\` work on it, this does not.`,
      { fields: { folder, kind } },
    );
  }
}

/** Thrown when a run that is not finished is to be evaluated or served. Code `RUN_UNFINISHED`. */
export class RunUnfinishedError extends NisusError {
  constructor(folder: string) {
    super('RUN_UNFINISHED', `The run in ${folder} is not finished. Go on with: ${PROGRAM_COMMAND} train --resume --run ${folder}`, {
      fields: { folder },
    });
  }
}

/** Thrown when a training would write over another run. Code `RUN_EXISTS`. */
export class RunExistsError extends NisusError {
  constructor(folder: string, isFinished: boolean) {
    const state = isFinished ? 'a finished run' : 'an unfinished run';
    const remedy = isFinished
      ? 'Evaluate or serve it, or train into another folder with --run.'
      : `Go on with: ${PROGRAM_COMMAND} train --resume --run ${folder}, or train into another folder with --run.`;
    super('RUN_EXISTS', `${folder} holds ${state} already. ${remedy}`, { fields: { folder, isFinished } });
  }
}

/** Thrown when a run is resumed with another config, data set or split than it was begun with. Code `RUN_MISMATCH`. */
export class RunMismatchError extends NisusError {
  constructor(folder: string, differences: readonly ConfigDifference[]) {
    super(
      'RUN_MISMATCH',
      `The run in ${folder} was begun with other settings than are asked for: ${describeDifferences(differences)}. Resume it without them (${PROGRAM_COMMAND} train --resume --run ${folder}), or train into another folder.`,
      { fields: { folder, differences } },
    );
  }
}

/** Thrown when another process trains in the folder. Code `RUN_BUSY`. */
export class RunBusyError extends NisusError {
  constructor(folder: string, processId: number, file: string) {
    super(
      'RUN_BUSY',
      `Process ${processId} is training in ${folder}. Wait for it, or stop it; if it is something else by now, delete ${file}.`,
      { fields: { folder, processId } },
    );
  }
}

/** Thrown when the data set that a run was trained on is gone. Code `RUN_DATA_MISSING`. */
export class RunDataMissingError extends NisusError {
  constructor(folder: string, dataFolder: string, cause: unknown) {
    super(
      'RUN_DATA_MISSING',
      `The run in ${folder} was trained on the data set in ${dataFolder}, which cannot be opened. Import it there again, or name it with --data FOLDER.`,
      { fields: { folder, dataFolder }, cause },
    );
  }
}

/** Thrown when the data set in a run's place is another than it was trained on. Code `RUN_DATA_CHANGED`. */
export class RunDataChangedError extends NisusError {
  constructor(folder: string, dataFolder: string, trained: string, found: string) {
    super(
      'RUN_DATA_CHANGED',
      `The run in ${folder} was trained on data of fingerprint ${trained.slice(0, 12)}, and ${dataFolder} has ${found.slice(0, 12)}. Name the right data set with --data FOLDER, or train again.`,
      { fields: { folder, dataFolder, trained, found } },
    );
  }
}
