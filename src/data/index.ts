/** What happened, what exists, what is known of it: the door of the data wing for outsiders. */
export { NothingKeptError, RowRejectedError, SourceEmptyError, SourceMissingError } from './events/import-errors.ts';
export { importInteractions, type ImportContext, type ImportProgress, type ImportReport } from './events/import-interactions.ts';
export type { ImportOptions } from './events/import-options.ts';
export type { InteractionDataset } from './events/interaction-dataset.ts';
export { openDataset } from './events/open-dataset.ts';
