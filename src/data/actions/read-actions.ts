import type { SubjectRecord } from '../catalog/subject-record.ts';
import type { UserRecord } from '../catalog/user-record.ts';
import { EVENT_ACTIONS, type EventAction } from '../events/event-actions.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ActionSequences, Happenings } from './action-sequences.ts';
import { arrangeHappenings, sequencesOf, type HappeningColumns } from './arrange-actions.ts';
import { arrangePages, NO_POSITION, type ImpressionColumns } from './arrange-pages.ts';
import { createGrowingRows } from './growing-rows.ts';
import type { ImpressionPages } from './impression-pages.ts';
import { createSubjectGathering, type RecordLookup, type SubjectTable } from './subject-table.ts';
import { createTextInterning } from './text-interning.ts';
import { actionVocabulary, TOKEN_ACTIONS, UNITS } from './token-actions.ts';
import { userTable, type UserTable } from './user-table.ts';

/** What is made of a log, and what else is known. */
export interface ReadActionsOptions {
  /** Actions that become tokens; pages and labels do not depend on it. @default {@link TOKEN_ACTIONS} */
  readonly actions?: readonly EventAction[];
  /** Records of subjects by `subjectKey`. @default none: what events tell stands alone */
  readonly subjects?: RecordLookup<SubjectRecord>;
  /** Records of users by id. @default none */
  readonly users?: RecordLookup<UserRecord>;
}

/** What the work is watched and stopped by. */
export interface ReadActionsContext {
  readonly signal?: AbortSignal | undefined;
  /** Called once a batch of the log. */
  readonly onProgress?: ((eventsRead: number) => void) | undefined;
}

/** What of a log went where. */
export interface ActionCounts {
  readonly events: number;
  readonly impressions: number;
  /** Impressions that name no request: no page can be made of them, nor can what came of them be told. Left out. */
  readonly impressionsWithoutRequest: number;
  /** Impressions of a subject that its page had already. */
  readonly impressionsRepeated: number;
  /** Events of people whose surface is beyond the 254 that have a code: they count as of none. */
  readonly surfacesLeftOut: number;
}

/** {@link readActions}'s result. */
export interface ActionData {
  readonly sequences: ActionSequences;
  readonly pages: ImpressionPages;
  readonly subjects: SubjectTable;
  readonly users: UserTable;
  readonly happenings: Happenings;
  readonly counts: ActionCounts;
  /** The first moment at which all of it was known: a millisecond after the last event was received; −Infinity where there is none. */
  readonly endMs: number;
  /** Events before this offset are in it. */
  readonly nextOffset: number;
}

const IMPRESSION = EVENT_ACTIONS.indexOf('impression');
const SURFACES_MAX = 255;
const CODE_OF_ACTION = new Map(EVENT_ACTIONS.map((action, code) => [action, code]));

/**
 * Makes columns for ranking models of an event log, in one pass: what each person did, the pages they were shown, and all that
 * labels are made of (`taskOutcomes`). Equal logs give equal results, however they are batched. Users, subjects and texts are numbered
 * in order of their first appearance.
 *
 * Two clocks: an event happened at its sender's `timeMs`, but no later than its `receivedTimeMs`; it is known from its `receivedTimeMs`
 * on, and to nobody who asked in that very millisecond or before (decision 7).
 *
 * Memory: 38 bytes a happening and 35 an impression while reading, about twice that while they are arranged; 30 a user, subject, request
 * and query beside their texts.
 *
 * @throws `TooLargeError` beyond 2^31 − 1 rows; the signal's reason; what the log and the lookups throw
 */
export async function readActions(
  log: Pick<EventLog, 'read'>,
  options: ReadActionsOptions = {},
  context: ReadActionsContext = {},
): Promise<ActionData> {
  const { signal } = context;
  const users = createTextInterning();
  const requests = createTextInterning();
  const queryTexts = createTextInterning();
  const subjects = createSubjectGathering();
  const surfaceCodes = new Map([['', 0]]);
  const happenings = createGrowingRows('events', newHappenings);
  const impressions = createGrowingRows('impressions', newImpressions);
  let events = 0;
  let impressionsWithoutRequest = 0;
  let surfacesLeftOut = 0;
  let nextOffset = 0;
  let latestMs = -Infinity;
  for await (const batch of log.read(0)) {
    signal?.throwIfAborted();
    for (const event of batch.events) {
      // The log keeps it rising; a stand-in for one might not.
      latestMs = Math.max(latestMs, event.receivedTimeMs);
      const { userId, subject, context: where } = event;
      if (userId === null) continue;
      const code = CODE_OF_ACTION.get(event.action)!;
      const isImpression = code === IMPRESSION;
      if (isImpression && (where.requestId === null || subject === null)) {
        impressionsWithoutRequest++;
        continue;
      }
      const happenedMs = Math.min(event.timeMs, latestMs);
      const user = users.intern(userId);
      const page = where.requestId === null ? -1 : requests.intern(`${user}\u001f${where.requestId}`);
      let surface = surfaceCodes.get(where.surface ?? '');
      if (surface === undefined) {
        surface = surfaceCodes.size < SURFACES_MAX ? surfaceCodes.size : 0;
        if (surface === 0) surfacesLeftOut++;
        else surfaceCodes.set(where.surface!, surface);
      }
      const rows = isImpression ? impressions : happenings;
      const at = rows.next();
      const columns = rows.columns();
      columns.users[at] = user;
      columns.subjects[at] = subject === null ? -1 : subjects.intern(subject);
      columns.surfaces[at] = surface;
      columns.pages[at] = page;
      columns.happenedMs[at] = happenedMs;
      columns.receivedMs[at] = latestMs;
      if (isImpression) {
        const shown = impressions.columns();
        shown.positions[at] = where.position ?? NO_POSITION;
        shown.propensities[at] = where.propensity ?? NaN;
      } else {
        const done = happenings.columns();
        const unit = UNITS[code]!;
        done.actions[at] = code;
        done.values[at] = unit === 0 || event.value === null ? NaN : event.value / unit;
        done.queries[at] = event.query === null || event.query === '' ? -1 : queryTexts.intern(event.query);
      }
    }
    nextOffset = batch.firstOffset + batch.events.length;
    events += batch.events.length;
    context.onProgress?.(events);
  }

  const done = happenings.take();
  const shown = impressions.take();
  signal?.throwIfAborted();
  const arranged = arrangePages(shown, done, { pageCount: requests.count(), userCount: users.count(), subjectCount: subjects.count() });
  signal?.throwIfAborted();
  const arrangedHappenings = arrangeHappenings(done, users.count(), arranged.listOfPage);
  const vocabulary = actionVocabulary(options.actions ?? TOKEN_ACTIONS, [...surfaceCodes.keys()]);
  const { sequences, visible } = sequencesOf(arrangedHappenings, vocabulary, queryTexts.texts(), arranged.pages);
  signal?.throwIfAborted();
  return {
    sequences,
    pages: { ...arranged.pages, visible },
    subjects: await subjects.take(options.subjects, signal),
    users: await userTable(users.texts(), options.users, signal),
    happenings: arrangedHappenings.happenings,
    counts: {
      events,
      impressions: shown.users.length + impressionsWithoutRequest,
      impressionsWithoutRequest,
      impressionsRepeated: shown.users.length - arranged.pages.subjects.length,
      surfacesLeftOut,
    },
    endMs: latestMs + 1,
    nextOffset,
  };
}

function newHappenings(rows: number): HappeningColumns {
  return {
    users: new Int32Array(rows),
    subjects: new Int32Array(rows),
    pages: new Int32Array(rows),
    actions: new Uint8Array(rows),
    surfaces: new Uint8Array(rows),
    queries: new Int32Array(rows),
    values: new Float32Array(rows),
    happenedMs: new Float64Array(rows),
    receivedMs: new Float64Array(rows),
  };
}

function newImpressions(rows: number): ImpressionColumns {
  return {
    users: new Int32Array(rows),
    subjects: new Int32Array(rows),
    pages: new Int32Array(rows),
    surfaces: new Uint8Array(rows),
    positions: new Uint16Array(rows),
    propensities: new Float32Array(rows),
    happenedMs: new Float64Array(rows),
    receivedMs: new Float64Array(rows),
  };
}
