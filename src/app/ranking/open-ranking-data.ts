import { existsSync } from 'node:fs';
import { readActions, type ActionData, type ReadActionsOptions } from '../../data/actions/read-actions.ts';
import { platformTasks } from '../../data/actions/platform-tasks.ts';
import type { TaskDeclaration } from '../../data/actions/task-declaration.ts';
import { taskOutcomes, type TaskOutcomes } from '../../data/actions/task-outcomes.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import { openPlatformLog } from '../events/open-platform-log.ts';
import { logUntil } from './log-until.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';

/** What of a platform ranking models are trained on. */
export interface RankingDataOptions {
  /** @default {@link platformTasks} */
  readonly tasks?: readonly TaskDeclaration[];
  /** Actions that become tokens. @default all but seeing and sessions */
  readonly actions?: ReadActionsOptions['actions'];
  /** Events from this offset on are left out: what a run was begun with. @default all there are */
  readonly untilOffset?: number;
}

/** {@link openRankingData}'s result: labels follow by `labelsAsOf` or `labelsOfSplit`. */
export interface RankingData extends ActionData {
  readonly outcomes: TaskOutcomes;
}

/**
 * Reads a platform's log, and its catalog where there is one, into the columns that ranking models train on, with what came of every
 * place. Nothing is written; whoever writes the log goes on.
 *
 * @throws `PlatformMissingError`, `LogUnreadableError`, `TaskDeclarationError`, `TooLargeError`; the signal's reason
 */
export async function openRankingData(
  place: PlatformFolder,
  options: RankingDataOptions,
  { progress, clock, signal }: Pick<WorkContext, 'progress' | 'clock' | 'signal'>,
): Promise<RankingData> {
  const log = await openPlatformLog(place);
  try {
    const { nextOffset: end } = await log.statistics();
    const nextOffset = Math.min(end, options.untilOffset ?? end);
    const catalog = existsSync(place.catalog) ? await openCatalog({ file: place.catalog, clock, readOnly: true }) : null;
    progress.begin('ranking data', nextOffset);
    try {
      const records =
        catalog === null
          ? {}
          : {
              subjects: async (keys: readonly string[]) => (await catalog.get('subject', keys)).map((found) => found?.record ?? null),
              users: async (keys: readonly string[]) => (await catalog.get('user', keys)).map((found) => found?.record ?? null),
            };
      const data = await readActions(
        logUntil(log, nextOffset),
        { ...records, ...(options.actions === undefined ? {} : { actions: options.actions }) },
        { signal, onProgress: (events) => progress.update(events, `${formatCount(events)} of ${formatCount(nextOffset)} events`) },
      );
      signal.throwIfAborted();
      return { ...data, outcomes: taskOutcomes(data, options.tasks ?? platformTasks) };
    } finally {
      progress.end();
      await catalog?.close();
    }
  } finally {
    await log.close();
  }
}
