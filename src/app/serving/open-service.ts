import { openServedModel } from '../../learn/models/served-model.ts';
import { openRunDataset } from '../runs/open-run.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { createRecommendationService, type RecommendationService } from '../server/recommendation-service.ts';
import type { WorkContext } from '../work-context.ts';
import type { OpenPlatform } from './open-platform.ts';

/** A run, open for recommending. */
export interface OpenService {
  readonly service: RecommendationService;
  /** Answers what was accepted, then closes the model. */
  close(): Promise<void>;
}

/** How a run is opened. */
export interface OpenServiceOptions {
  /** Threads of one call of the model. @default 2 */
  readonly threads?: number;
  /** The data set in another place than the run tells. @default null */
  readonly dataFolder?: string | null;
  /** Where histories go on and items come and go. @default null: nowhere, histories are those of the data set */
  readonly platform?: OpenPlatform | null;
}

/**
 * Opens a finished run's model and the histories of its data set.
 *
 * @throws `ServedModelError`, `RunDataMissingError`, `RunDataChangedError`, `ServingDataError`
 */
export async function openService(
  folder: string,
  record: RunRecord,
  context: Pick<WorkContext, 'clock'>,
  options: OpenServiceOptions = {},
): Promise<OpenService> {
  const [ranker, data] = await Promise.all([
    openServedModel(folder, { threads: options.threads ?? 2 }),
    openRunDataset(folder, record, options.dataFolder ?? null),
  ]);
  const { platform = null } = options;
  const live =
    platform === null ? {} : { liveHistories: platform.liveHistories, unavailableItems: await platform.watchItems(data.itemIds) };
  const service = createRecommendationService({
    ...live,
    ranker,
    model: { name: ranker.name, revision: record.modelDigest?.slice(0, 12) ?? 'unknown' },
    data,
    clock: context.clock,
    historyLengthMax: ranker.manifest.model.maxLength,
  });
  return {
    service,
    async close() {
      await service.close();
      await ranker.close();
    },
  };
}
