import { NisusError } from '../../base/error.ts';

/**
 * What `nisus` ends with. The numbers above 63 are those of sysexits.h, 130, 141 and 143 those that a shell gives to a
 * program that ended by a signal.
 */
export const EXIT_CODES = {
  ok: 0,
  internal: 1,
  usage: 2,
  badData: 65,
  missingInput: 66,
  unavailable: 69,
  trainingFailed: 70,
  outputInTheWay: 73,
  fileSystem: 74,
  interrupted: 130,
  readerGone: 141,
  terminated: 143,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Each exit code in words, as `--help` and the docs tell them. */
export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done; a server that was asked to stop and stopped',
  1: 'a fault of Nisus itself',
  2: 'the command line is wrong',
  65: 'the data, a file of a run or a declaration of features is not what it must be',
  66: 'the data, the run, the platform, its features or a file does not exist',
  69: 'a port is in use, a server does not answer, or another process trains the run or writes the log',
  70: 'training failed: the loss was not a number, or the gradient exploded',
  73: 'the folder or file to write to holds something else',
  74: 'a file or the output cannot be read or written: disk full, no permission, …',
  130: 'interrupted (Ctrl-C); training left a checkpoint',
  141: 'whoever read the output went away',
  143: 'asked to end (SIGTERM); training left a checkpoint',
};

/** The exit code that each stable error code, or each beginning of error codes, leads to. The first that fits counts. */
const BY_ERROR_CODE: readonly (readonly [codeStart: string, exit: ExitCode])[] = [
  ['INTERRUPTED', EXIT_CODES.interrupted],
  ['TERMINATED', EXIT_CODES.terminated],
  ['USAGE', EXIT_CODES.usage],
  ['IMPORT_OPTION_INVALID', EXIT_CODES.usage],
  ['EVALUATION_CUTOFFS', EXIT_CODES.usage],
  ['EVALUATION_CANDIDATES', EXIT_CODES.usage],
  ['ACTION_DOMAINS', EXIT_CODES.usage],
  ['NEXT_ACTION_TARGETS', EXIT_CODES.badData],
  ['LOG_TOO_SHORT', EXIT_CODES.badData],
  ['RANKING_EXAMPLES', EXIT_CODES.badData],
  ['IMPORT_SOURCE_MISSING', EXIT_CODES.missingInput],
  ['DATASET_MISSING', EXIT_CODES.missingInput],
  ['RUN_MISSING', EXIT_CODES.missingInput],
  ['RUN_DATA_MISSING', EXIT_CODES.missingInput],
  ['RUN_UNFINISHED', EXIT_CODES.missingInput],
  ['SERVED_MODEL', EXIT_CODES.missingInput],
  ['PLATFORM_MISSING', EXIT_CODES.missingInput],
  ['WORLD_MISSING', EXIT_CODES.missingInput],
  ['WORLD_OTHER', EXIT_CODES.badData],
  ['WORLD_RECORD', EXIT_CODES.badData],
  ['WORLD_SERVER', EXIT_CODES.unavailable],
  ['WORLD_VERSION', EXIT_CODES.badData],
  ['EVENTS_FILE_MISSING', EXIT_CODES.missingInput],
  ['FEATURES_NOT_BUILT', EXIT_CODES.missingInput],
  ['FEATURE_SETTINGS', EXIT_CODES.usage],
  ['FEATURE_KEY', EXIT_CODES.usage],
  ['FEATURE_UNKNOWN', EXIT_CODES.usage],
  ['FEATURE_MODULE_MISSING', EXIT_CODES.missingInput],
  ['LOG_OPTION', EXIT_CODES.usage],
  ['EVENT_KIND_UNKNOWN', EXIT_CODES.usage],
  ['EVENT_ACTION_UNKNOWN', EXIT_CODES.usage],
  ['COMPARISON_OPTION', EXIT_CODES.usage],
  ['IMPRESSIONS_MISSING', EXIT_CODES.missingInput],
  ['FILE_MISSING', EXIT_CODES.missingInput],
  ['FILE_SYSTEM', EXIT_CODES.fileSystem],
  ['RUN_BUSY', EXIT_CODES.unavailable],
  ['LOG_LOCKED', EXIT_CODES.unavailable],
  ['LOG_BUSY', EXIT_CODES.unavailable],
  ['FEATURES_BUSY', EXIT_CODES.unavailable],
  ['LOG_WRITE', EXIT_CODES.fileSystem],
  ['PORT_', EXIT_CODES.unavailable],
  ['RUN_EXISTS', EXIT_CODES.outputInTheWay],
  ['EVENTS_FILE_EXISTS', EXIT_CODES.outputInTheWay],
  ['COMPARISON_EXISTS', EXIT_CODES.outputInTheWay],
  ['DATASET_DESTINATION', EXIT_CODES.outputInTheWay],
  ['TRAINING_', EXIT_CODES.trainingFailed],
  ['IMPORT_', EXIT_CODES.badData],
  ['DATASET_', EXIT_CODES.badData],
  ['RUN_', EXIT_CODES.badData],
  ['SPLIT_', EXIT_CODES.badData],
  ['EVALUATION_', EXIT_CODES.badData],
  ['CHECKPOINT_', EXIT_CODES.badData],
  ['SAFETENSORS_', EXIT_CODES.badData],
  ['SERVING_DATA', EXIT_CODES.badData],
  ['COMPARISON_', EXIT_CODES.badData],
  ['IMPRESSIONS_', EXIT_CODES.badData],
  ['CALIBRATION_', EXIT_CODES.badData],
  ['LOG_UNREADABLE', EXIT_CODES.badData],
  ['EVENT_', EXIT_CODES.badData],
  ['EVENTS_FILE', EXIT_CODES.badData],
  ['FEATURE_DECLARATION', EXIT_CODES.badData],
  ['FEATURE_MODULE', EXIT_CODES.badData],
];

/** The exit code of a failure; {@link EXIT_CODES.internal} for what nobody threw on purpose. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof NisusError)) return EXIT_CODES.internal;
  return BY_ERROR_CODE.find(([start]) => error.code.startsWith(start))?.[1] ?? EXIT_CODES.internal;
}

/** The codes in words, a line each, for the end of `--help`. */
export function exitCodeHelp(): string {
  const lines = Object.entries(EXIT_CODE_MEANINGS).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}
