import { existsSync } from 'node:fs';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import type { EventAction } from '../../data/events/event-actions.ts';
import type { EventLog } from '../../data/events/event-log.ts';
import type { DatasetManifest } from '../../data/interactions/dataset-manifest.ts';
import { writeLogDataset } from '../../data/interactions/interactions-of-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';

/** Which data set is made of a log. */
export interface LogDatasetChoice {
  readonly name: string;
  /** @default the platform's own place for it */
  readonly destination?: string;
  /** Users with fewer interactions are left out. */
  readonly minimumUserInteractions: number;
  /** Items with fewer are left out. */
  readonly minimumItemInteractions: number;
  /** Actions that count. @default those of `INTERACTION_ACTIONS` */
  readonly actions?: readonly EventAction[];
}

/**
 * Makes the data set that sequence models train on of a platform's log, with titles where there is a catalog, and with
 * progress. Runs beside whoever writes the log.
 *
 * @throws `NothingKeptError`, `DatasetDestinationError`; the signal's reason
 */
export async function datasetOfLog(
  place: PlatformFolder,
  log: Pick<EventLog, 'read' | 'statistics'>,
  { destination = place.dataset, ...choice }: LogDatasetChoice,
  context: WorkContext,
): Promise<DatasetManifest> {
  const { progress, clock, signal } = context;
  const { nextOffset } = await log.statistics();
  progress.begin('data set', nextOffset);
  try {
    const titles = await subjectTitles(place, context);
    const { manifest } = await writeLogDataset(
      log,
      { ...choice, destination, ...(titles === null ? {} : { titleOf: (itemId) => titles.get(itemId) ?? null }) },
      { clock, signal, onProgress: (events) => progress.update(events, `${formatCount(events)} of ${formatCount(nextOffset)} events`) },
    );
    return manifest;
  } finally {
    progress.end();
  }
}

const PAGE_SUBJECTS = 10_000;

/** Titles of a platform's subjects by key; null where it has no catalog. */
async function subjectTitles(place: PlatformFolder, { clock }: WorkContext): Promise<ReadonlyMap<string, string> | null> {
  if (!existsSync(place.catalog)) return null;
  const catalog = await openCatalog({ file: place.catalog, clock, readOnly: true });
  try {
    const titles = new Map<string, string>();
    let after: string | undefined;
    for (;;) {
      const page = await catalog.list('subject', { limit: PAGE_SUBJECTS, ...(after === undefined ? {} : { after }) });
      for (const { key, record } of page) titles.set(key, record.title);
      if (page.length < PAGE_SUBJECTS) return titles;
      after = page.at(-1)!.key;
    }
  } finally {
    await catalog.close();
  }
}
