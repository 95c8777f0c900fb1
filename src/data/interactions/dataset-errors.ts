import { NisusError } from '../../base/error.ts';
import { printableText } from '../../base/printable-text.ts';

/** Thrown when a folder holds no data set. Code `DATASET_MISSING`. */
export class DatasetMissingError extends NisusError {
  constructor(folder: string, cause?: unknown) {
    super('DATASET_MISSING', `${folder} holds no data set (no manifest.json). Make one with: nisus import.`, {
      fields: { folder },
      cause,
    });
  }
}

/** Thrown when a data set was written by another version of the format. Code `DATASET_VERSION`. */
export class DatasetVersionError extends NisusError {
  constructor(folder: string, found: unknown, expected: number) {
    super(
      'DATASET_VERSION',
      `${folder} has data set format ${JSON.stringify(found)}, this program reads ${expected}. Import the source again.`,
      { fields: { folder, found, expected } },
    );
  }
}

/** Thrown when a data set's files do not fit its manifest or one another. Code `DATASET_DAMAGED`. */
export class DatasetDamagedError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('DATASET_DAMAGED', `The data set in ${folder} is damaged: ${problem}. Import the source again.`, {
      fields: { folder, problem },
      cause,
    });
  }
}

/** Thrown when a folder cannot become a data set without harm to what is in it. Code `DATASET_DESTINATION`. */
export class DatasetDestinationError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('DATASET_DESTINATION', `Cannot write a data set to ${printableText(folder)}: ${printableText(problem)}. Choose another folder.`, {
      fields: { folder, problem },
      cause,
    });
  }
}

/** Thrown when a folder's `manifest.json` is not a data set's (a checkpoint's, for example). Code `DATASET_FOREIGN`. */
export class DatasetForeignError extends NisusError {
  constructor(folder: string, found: unknown, expected: string) {
    super(
      'DATASET_FOREIGN',
      `${printableText(folder)} is not a data set: its manifest.json has kind ${printableText(JSON.stringify(found) ?? 'none', 60)}, expected "${expected}".`,
      { fields: { folder, found, expected } },
    );
  }
}
