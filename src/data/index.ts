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

// The catalog: what exists, and who may see it.
export {
  CatalogBatchTooLargeError,
  CatalogClosedError,
  CatalogEngineError,
  CatalogHistoryDroppedError,
  CatalogOpenError,
  CatalogReadOnlyError,
  CatalogRefusedError,
} from './catalog/catalog-errors.ts';
export { recordKey, type CatalogChange, type EligibilityRuleSet, type RecordType, type Versioned } from './catalog/catalog-record.ts';
export { CATALOG_LIMITS, checkRecord, RESERVED_REASON_CODES, type RecordCheck } from './catalog/catalog-schema.ts';
export type { Catalog, CatalogStatistics, CatalogUpsert, UpsertResult } from './catalog/catalog.ts';
export { catalogEligibility } from './catalog/eligibility/catalog-eligibility.ts';
export { compileEligibility, type EligibilityChecker, type EligibilitySubject } from './catalog/eligibility/compile-eligibility.ts';
export type { EligibilityRefusal } from './catalog/eligibility/eligibility-refusal.ts';
export type { EligibilityUser } from './catalog/eligibility/rule-table.ts';
export type { EligibilityConditions, EligibilityRule } from './catalog/eligibility-rule.ts';
export { openCatalog, type OpenCatalogOptions } from './catalog/embedded/open-catalog.ts';
export { followChanges, type FollowChangesOptions } from './catalog/follow-changes.ts';
export { loadCatalog, type LoadOptions, type LoadReport } from './catalog/load-catalog.ts';
export { createMemoryCatalog } from './catalog/memory-catalog.ts';
export type { Lifecycle, SubjectRecord } from './catalog/subject-record.ts';
export { moveSubject, upsertOne } from './catalog/upsert-one.ts';
export type { UserRecord } from './catalog/user-record.ts';

// The event log: what happened.
export type { AppendRejection, AppendResult } from './events/append-result.ts';
export { openEventLog, type EventLogContext } from './events/embedded/open-event-log.ts';
export { openEventLogReader, type EventLogReader, type EventLogReaderOptions } from './events/embedded/open-event-log-reader.ts';
export type { EventLogOptions } from './events/embedded/log-options.ts';
export { domainOf, EVENT_ACTIONS, SUBJECT_KINDS, type EventAction, type EventDomain, type SubjectKind } from './events/event-actions.ts';
export {
  BatchTooLargeError,
  LogBusyError,
  LogClosedError,
  LogLockedError,
  LogOptionError,
  LogUnreadableError,
  LogWriteError,
} from './events/event-log-errors.ts';
export type { EventBatch, EventLog, EventLogStatistics, ReadOptions } from './events/event-log.ts';
export { EVENT_BOUNDS, eventJsonSchema, type EventInput } from './events/event-schema.ts';
export { EVENT_SCHEMA_VERSION, NO_CONTEXT, type Event, type EventContext, type EventSubject } from './events/event.ts';
export { importEvents, type EventImportContext, type EventImportReport } from './events/importing/import-events.ts';
export { INTERACTION_ACTIONS } from './events/interaction-actions.ts';
export { createMemoryEventLog } from './events/memory-event-log.ts';
export { EVENT_COLUMNS } from './events/parquet/event-columns.ts';
export { EventsFileError } from './events/parquet/events-file-error.ts';
export { exportEvents, type ExportOptions, type ExportReport } from './events/parquet/export-events.ts';
export { readEventsFile } from './events/parquet/read-events-file.ts';
export { rebuildLog, type RebuildReport } from './events/parquet/rebuild-log.ts';
export { EVENT_REJECTION_REASONS, parseEvents, type EventRejectionReason, type ParsedEvents } from './events/parse-events.ts';
export { subjectKey, subjectOfKey } from './events/subject-key.ts';
export { writeLogDataset, type LogDataset, type LogDatasetOptions } from './interactions/interactions-of-log.ts';

// Features: what is known.
export {
  all,
  count,
  decayed,
  distinct,
  featureView,
  last,
  priceReturn,
  quantile,
  ratio,
  sliding,
  sum,
  timeSince,
  top,
  tumbling,
  volatility,
  volumeSurge,
} from './features/declare.ts';
export {
  openHistory,
  type FeatureQuestion,
  type History,
  type HistoryOptions,
  type HistorySource,
} from './features/history/open-history.ts';
export { writeTrainingSet, type TrainingSetOptions, type TrainingSetReport } from './features/history/write-training-set.ts';
export { pairKey } from './features/event-keys.ts';
export { explainFeature, type FeatureExplanation } from './features/explain-feature.ts';
export type {
  Entity,
  EventFilter,
  EventNumber,
  EventTerm,
  FeatureDefinition,
  FeatureValues,
  FeatureView,
  FeatureWindow,
} from './features/feature-declaration.ts';
export { FeatureDeclarationError, FeaturesNotBuiltError, FeatureSettingsError } from './features/feature-errors.ts';
export { featureFingerprint } from './features/feature-fingerprint.ts';
export { DEFAULT_FEATURE_SETTINGS, type FeatureSettings } from './features/feature-settings.ts';
export { featureValue, type FeatureTable } from './features/feature-table.ts';
export {
  authorFeatures,
  instrumentFeatures,
  placeFeatures,
  platformFeatures,
  subjectFeatures,
  tagFeatures,
  userAuthorFeatures,
  userFeatures,
  userTagFeatures,
} from './features/platform-features.ts';
export { createFeatureReader, type FeatureReader, type ReadFeaturesOptions } from './features/read-features.ts';
export { FeatureKeyError, FeatureStoreClosedError } from './features/store/feature-store-errors.ts';
export type { FeatureStore } from './features/store/feature-store.ts';
export { createMemoryFeatureStore } from './features/store/memory-feature-store.ts';
export { openLmdbFeatureStore, type LmdbFeatureStoreOptions } from './features/store/open-lmdb-feature-store.ts';
export { backfillFeatures, type BackfillOptions, type BackfillProgress, type BackfillResult } from './features/stream/backfill-features.ts';
export { createFeatureStream, type FeatureStreamOptions } from './features/stream/create-feature-stream.ts';
export type { FeatureStream, FeatureStreamStatistics } from './features/stream/feature-stream.ts';
export { runFeatureStream, type RunFeatureStreamOptions } from './features/stream/run-feature-stream.ts';
export type { StreamSettings } from './features/stream/stream-settings.ts';
export { validateFeatures, type FeatureValidation } from './features/validate-features.ts';

/** Actions: the log as columns that ranking models train on. */
export { platformTasks } from './actions/platform-tasks.ts';
export { readActions, type ActionCounts, type ActionData, type ReadActionsOptions } from './actions/read-actions.ts';
export { labelsAsOf, type LabelOptions } from './actions/labels-as-of.ts';
export { labelsOfSplit, splitListsByTime } from './actions/split-lists-by-time.ts';
export { checkTasks, taskSchema, type TaskDeclaration } from './actions/task-declaration.ts';
export { TaskDeclarationError, TaskLabelsError } from './actions/task-errors.ts';
export { taskOutcomes, type TaskOutcomes } from './actions/task-outcomes.ts';
