/** What happened, what exists, what is known of it: the door of the data wing for outsiders. */
export type { ColumnMapping } from './events/column-mapping.ts';
export {
  DatasetDamagedError,
  DatasetDestinationError,
  DatasetForeignError,
  DatasetMissingError,
  DatasetVersionError,
} from './events/dataset-errors.ts';
export { readManifest, type DatasetManifest } from './events/dataset-manifest.ts';
export type { TimeUnit } from './events/event-time.ts';
export { generatedInteractions, writeGeneratedDataset, type GeneratedInteractionsOptions } from './events/generated-dataset.ts';
export { ID_LENGTH_MAX } from './events/id-length.ts';
export {
  ColumnMissingError,
  CompressedUnreadableError,
  FileUnreadableError,
  FormatUnknownError,
  ImportOptionError,
  NothingKeptError,
  RowRejectedError,
  SourceAmbiguousError,
  SourceEmptyError,
  SourceMissingError,
  TooLargeError,
} from './events/import-errors.ts';
export { importInteractions, type ImportContext, type ImportProgress, type ImportReport } from './events/import-interactions.ts';
export type { ImportOptions } from './events/import-options.ts';
export type { InteractionDataset } from './events/interaction-dataset.ts';
export { openDataset } from './events/open-dataset.ts';
export { REJECT_REASONS, type RejectReason } from './events/reject-reason.ts';
