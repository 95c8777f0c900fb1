/** The outermost wing, for those who embed it in a program of their own: the HTTP server and the run behind it. */
export { PRESET_NAMES, PRESETS, presetConfig, type DataShape, type PresetName } from './presets.ts';
export { openRunDataset, readFinishedRun } from './runs/open-run.ts';
export { readRunRecord, type RunRecord } from './runs/run-record.ts';
export { createServer, type CloseReport, type Server, type ServerOptions } from './server/create-server.ts';
export {
  createRecommendationService,
  type ModelInfo,
  type RecommendationService,
  type RecommendationServiceOptions,
} from './server/recommendation-service.ts';
export { openService, type OpenService, type OpenServiceOptions } from './serving/open-service.ts';
