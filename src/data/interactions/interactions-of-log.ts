import type { Clock } from '../../base/clock.ts';
import type { EventLog } from '../events/event-log.ts';
import type { EventAction } from '../events/event-actions.ts';
import { INTERACTION_ACTIONS } from '../events/interaction-actions.ts';
import { subjectKey } from '../events/subject-key.ts';
import { arrangeInteractions } from './arrange-interactions.ts';
import type { DatasetManifest } from './dataset-manifest.ts';
import { abandonDataset, beginDataset, commitDataset } from './dataset-writer.ts';
import { createIdTable } from './id-table.ts';
import { NothingKeptError } from './import-errors.ts';
import { createInteractionRows } from './interaction-rows.ts';

/** What becomes of a log. */
export interface LogDatasetOptions {
  readonly destination: string;
  readonly name: string;
  /** Events that count. @default {@link INTERACTION_ACTIONS} */
  readonly actions?: readonly EventAction[];
  /** Users and items with fewer interactions are left out (k-core). @default 1 */
  readonly minimumUserInteractions?: number;
  /** @default 1 */
  readonly minimumItemInteractions?: number;
  /** Title of an item by its id; null where it has none. @default no titles */
  readonly titleOf?: (itemId: string) => string | null;
}

/** What the work is watched and stopped by. */
export interface LogDatasetContext {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called about every thousand events. */
  readonly onProgress?: ((eventsRead: number) => void) | undefined;
}

/** {@link writeLogDataset}'s result. */
export interface LogDataset {
  readonly manifest: DatasetManifest;
  /** Events before this offset are in it. */
  readonly nextOffset: number;
}

/**
 * Makes a data set for sequence models of an event log: who took up what, over content, features, instruments and
 * search, in order of time. An item's id is its {@link subjectKey}. Events in a row about one subject (a click, then an
 * order) count once, the first of them: a model that foretold the second from the first would have learnt nothing.
 *
 * Memory: about 17 bytes an interaction and 30 an id.
 *
 * @throws {NothingKeptError} where no event counts; `DatasetDestinationError`; the signal's reason
 */
export async function writeLogDataset(
  log: Pick<EventLog, 'read'>,
  options: LogDatasetOptions,
  context: LogDatasetContext,
): Promise<LogDataset> {
  const actions = new Set<EventAction>(options.actions ?? INTERACTION_ACTIONS);
  const users = createIdTable();
  const items = createIdTable();
  const rows = createInteractionRows(true, false);
  const lastItem: number[] = [];
  let nextOffset = 0;
  let eventsRead = 0;
  for await (const { firstOffset, events } of log.read(0)) {
    context.signal?.throwIfAborted();
    for (let index = 0; index < events.length; index++) {
      const { userId, subject, action, timeMs } = events[index]!;
      if (userId === null || subject === null || !actions.has(action)) continue;
      const user = users.internText(userId);
      const item = items.internText(subjectKey(subject));
      if (lastItem[user] === item) continue;
      lastItem[user] = item;
      rows.add(firstOffset + index + 1, user, item, timeMs, 0);
    }
    nextOffset = firstOffset + events.length;
    eventsRead += events.length;
    context.onProgress?.(eventsRead);
  }
  const { arranged } = arrangeInteractions(rows.take(), users, items, {
    timesAreKeys: true,
    minimumUser: options.minimumUserInteractions ?? 1,
    minimumItem: options.minimumItemInteractions ?? 1,
  });
  if (arranged.items.length === 0) throw new NothingKeptError('the event log', eventsRead, { 'events of other kinds': eventsRead });
  const { titleOf } = options;
  const draft = await beginDataset(options.destination);
  try {
    const itemTitles = titleOf === undefined ? null : arranged.itemIds.map((id) => titleOf(id));
    const content = { name: options.name, interactions: arranged, itemTitles, order: 'time', source: null };
    return { manifest: await commitDataset(draft, content, context.clock), nextOffset };
  } catch (error) {
    await abandonDataset(draft);
    throw error;
  }
}
