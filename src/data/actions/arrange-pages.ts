import { EVENT_ACTIONS } from '../events/event-actions.ts';
import { orderByGroupThenKey } from '../interactions/stable-order.ts';
import type { HappeningColumns } from './arrange-actions.ts';
import type { ImpressionPages } from './impression-pages.ts';

/** Impressions as they stand in the log. */
export type ImpressionColumns = Readonly<{
  users: Int32Array;
  subjects: Int32Array;
  /** Index of the request. */
  pages: Int32Array;
  surfaces: Uint8Array;
  /** {@link NO_POSITION} where not logged. */
  positions: Uint16Array;
  propensities: Float32Array;
  happenedMs: Float64Array;
  receivedMs: Float64Array;
}>;

/** {@link arrangePages}'s result. */
export interface ArrangedPages {
  readonly pages: Omit<ImpressionPages, 'visible'>;
  /** `[requests]`, the list that became of each; −1 where nothing was seen. */
  readonly listOfPage: Int32Array;
}

/** Of an impression whose place was not logged: behind all that were. */
export const NO_POSITION = 65_535;

const QUERY = EVENT_ACTIONS.indexOf('query');
const REFINE = EVENT_ACTIONS.indexOf('refine');

/**
 * Pages of impressions: by user, then the time asked for, then the request's first appearance; places by position, those
 * without one behind, then as they stand in the log. A subject that a page shows twice is one place: the
 * impression that was known first, for later ones would change what was known before.
 */
export function arrangePages(
  shown: ImpressionColumns,
  done: HappeningColumns,
  sizes: { readonly pageCount: number; readonly userCount: number; readonly subjectCount: number },
): ArrangedPages {
  const { pageCount } = sizes;
  const askedMs = new Float64Array(pageCount).fill(Infinity);
  const userOfPage = new Int32Array(pageCount).fill(-1);
  const surfaceOfPage = new Uint8Array(pageCount);
  for (let row = 0; row < shown.pages.length; row++) {
    const page = shown.pages[row]!;
    if (userOfPage[page] === -1) {
      userOfPage[page] = shown.users[row]!;
      surfaceOfPage[page] = shown.surfaces[row]!;
    }
    askedMs[page] = Math.min(askedMs[page]!, shown.happenedMs[row]!);
  }
  const queryOfPage = queriesOf(done, pageCount);
  for (let row = 0; row < done.pages.length; row++) {
    const page = done.pages[row]!;
    if (page >= 0) askedMs[page] = Math.min(askedMs[page]!, done.happenedMs[row]!);
  }

  const seenPages = new Int32Array(pageCount);
  let listCount = 0;
  for (let page = 0; page < pageCount; page++) if (userOfPage[page]! >= 0) seenPages[listCount++] = page;
  const order = orderByGroupThenKey(
    Int32Array.from({ length: listCount }, (_, at) => userOfPage[seenPages[at]!]!),
    sizes.userCount,
    Float64Array.from({ length: listCount }, (_, at) => askedMs[seenPages[at]!]!),
  );
  const listOfPage = new Int32Array(pageCount).fill(-1);
  const pages = {
    users: new Int32Array(listCount),
    timesMs: new Float64Array(listCount),
    surfaces: new Uint8Array(listCount),
    queries: new Int32Array(listCount),
  };
  for (let list = 0; list < listCount; list++) {
    const page = seenPages[order[list]!]!;
    listOfPage[page] = list;
    pages.users[list] = userOfPage[page]!;
    pages.timesMs[list] = askedMs[page]!;
    pages.surfaces[list] = surfaceOfPage[page]!;
    pages.queries[list] = queryOfPage[page]!;
  }
  return { pages: { listCount, ...pages, ...placesOf(shown, listOfPage, listCount, sizes.subjectCount) }, listOfPage };
}

/** `[requests]`, text of the earliest query that names each; −1 for none. */
function queriesOf(done: HappeningColumns, pageCount: number): Int32Array {
  const queries = new Int32Array(pageCount).fill(-1);
  const timesMs = new Float64Array(pageCount).fill(Infinity);
  for (let row = 0; row < done.pages.length; row++) {
    const page = done.pages[row]!;
    const action = done.actions[row]!;
    if (page < 0 || (action !== QUERY && action !== REFINE) || done.queries[row]! < 0) continue;
    if (done.happenedMs[row]! >= timesMs[page]!) continue;
    timesMs[page] = done.happenedMs[row]!;
    queries[page] = done.queries[row]!;
  }
  return queries;
}

function placesOf(shown: ImpressionColumns, listOfPage: Int32Array, listCount: number, subjectCount: number) {
  const rows = firstImpressions(shown, listOfPage, listCount, subjectCount);
  const places = rows.length;
  const lists = rows.map((row) => listOfPage[shown.pages[row]!]!);
  const keys = Float64Array.from(rows, (row) => shown.positions[row]!);
  const order = orderByGroupThenKey(lists, listCount, keys);
  const offsets = new Int32Array(listCount + 1);
  const subjects = new Int32Array(places);
  const positions = new Uint16Array(places);
  const propensities = new Float32Array(places);
  const seenMs = new Float64Array(places);
  const knownMs = new Float64Array(places);
  for (let place = 0; place < places; place++) {
    const row = rows[order[place]!]!;
    const list = lists[order[place]!]!;
    const isFirst = place === 0 || lists[order[place - 1]!] !== list;
    const logged = shown.positions[row]!;
    const following = isFirst ? 0 : Math.min(positions[place - 1]! + 1, NO_POSITION);
    positions[place] = logged === NO_POSITION ? following : logged;
    subjects[place] = shown.subjects[row]!;
    propensities[place] = shown.propensities[row]!;
    seenMs[place] = shown.happenedMs[row]!;
    knownMs[place] = shown.receivedMs[row]!;
    offsets[list + 1] = place + 1;
  }
  return { offsets, subjects, positions, propensities, seenMs, knownMs };
}

/** Rows of the impressions that become places, by list, then as they stand in the log: the first of each subject on each page. */
function firstImpressions(shown: ImpressionColumns, listOfPage: Int32Array, listCount: number, subjectCount: number): Int32Array {
  const lists = shown.pages.map((page) => listOfPage[page]!);
  const rows = orderByGroupThenKey(lists, listCount, null);
  const lastListOf = new Int32Array(subjectCount).fill(-1);
  let kept = 0;
  for (const row of rows) {
    const subject = shown.subjects[row]!;
    if (lastListOf[subject] === lists[row]) continue;
    lastListOf[subject] = lists[row]!;
    rows[kept++] = row;
  }
  return rows.slice(0, kept);
}
