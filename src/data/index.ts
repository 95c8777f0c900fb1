/** What happened, what exists, what is known of it: the door of the data wing for outsiders. */
export type { ColumnMapping } from './interactions/column-mapping.ts';
export {
  DatasetDamagedError,
  DatasetDestinationError,
  DatasetForeignError,
  DatasetMissingError,
  DatasetVersionError,
} from './interactions/dataset-errors.ts';
export { readManifest, type DatasetManifest } from './interactions/dataset-manifest.ts';
export type { TimeUnit } from './interactions/event-time.ts';
export { generatedInteractions, writeGeneratedDataset, type GeneratedInteractionsOptions } from './interactions/generated-dataset.ts';
export { ID_LENGTH_MAX } from './interactions/id-length.ts';
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
} from './interactions/import-errors.ts';
export { importInteractions, type ImportContext, type ImportProgress, type ImportReport } from './interactions/import-interactions.ts';
export type { ImportOptions } from './interactions/import-options.ts';
export type { InteractionDataset } from './interactions/interaction-dataset.ts';
export { openDataset } from './interactions/open-dataset.ts';
export { REJECT_REASONS, type RejectReason } from './interactions/reject-reason.ts';
