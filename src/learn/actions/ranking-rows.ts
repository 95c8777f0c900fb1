import { createRandom } from '../../base/random.ts';
import type { ActionSequences } from './action-sequences.ts';
import type { ImpressionLists } from './impression-lists.ts';

/** A row of a batch: a stretch of one user's actions and some of their pages, each of which sees a part of the stretch. */
export interface RankingRow {
  readonly user: number;
  /** First action of the stretch and the one behind its last, numbers of the sequences. */
  readonly start: number;
  readonly stop: number;
  /** Lists of the row: `lists[i]` for i in [from, to). */
  readonly from: number;
  readonly to: number;
  readonly candidates: number;
}

/** How pages become rows. */
export interface RankingRowOptions {
  /** Actions in a row at most; a page sees at least half as many of the latest, where the user has them. */
  readonly maxLength: number;
  /** Candidates in a row at most; a longer page has a row of its own. */
  readonly candidatesMax: number;
}

/**
 * Where the stretch of actions begins that a page with so many visible ones reads: it moves on by half its length at a
 * time, so that a history that grows by an action keeps its beginning, and what was encoded of it, most of the time.
 *
 * @returns number of actions left out, from the oldest on
 */
export function historyStart(visible: number, maxLength: number): number {
  const stride = maxLength >> 1;
  return visible <= maxLength ? 0 : Math.ceil((visible - maxLength) / stride) * stride;
}

/**
 * Where the actions begin whose marks a page's candidates are compared with: those of its stretch, or, of a model that searches, as many of
 * the latest as are searched, moving on by half of them at a time.
 *
 * @param stretchStart where the stretch begins, and how many actions the page may see, both from the user's first action
 * @param reach of the search; null of models that do not search
 */
export function comparedFrom(stretchStart: number, visible: number, reach: number | null): number {
  return reach === null ? stretchStart : Math.min(stretchStart, historyStart(visible, Math.max(2, reach)));
}

/**
 * Cuts pages into rows: consecutive pages of one user that begin their history at one place share it.
 *
 * @param lists numbers of the pages, ascending, so that those of a user stand together
 */
export function rankingRows(
  sequences: Pick<ActionSequences, 'offsets'>,
  pages: Pick<ImpressionLists, 'offsets' | 'users' | 'visible'>,
  lists: Int32Array,
  { maxLength, candidatesMax }: RankingRowOptions,
): RankingRow[] {
  const rows: RankingRow[] = [];
  let open: { user: number; skipped: number; visible: number; from: number; candidates: number } | null = null;
  const close = (to: number) => {
    if (open === null) return;
    const first = sequences.offsets[open.user]!;
    const { user, from, candidates } = open;
    rows.push({ user, start: first + open.skipped, stop: first + open.visible, from, to, candidates });
  };
  for (let at = 0; at < lists.length; at++) {
    const list = lists[at]!;
    const user = pages.users[list]!;
    const visible = pages.visible[list]!;
    const size = pages.offsets[list + 1]! - pages.offsets[list]!;
    const skipped = historyStart(visible, maxLength);
    if (open !== null && open.user === user && open.skipped === skipped && open.candidates + size <= candidatesMax) {
      open.candidates += size;
      open.visible = Math.max(open.visible, visible);
      continue;
    }
    close(at);
    open = { user, skipped, visible, from: at, candidates: size };
  }
  close(lists.length);
  return rows;
}

/** Rows cut into batches. */
export interface RankingBatchOptions {
  /** Places of a batch at most, padding included: rows × candidates of the longest row. A longer row stands alone. */
  readonly candidatesPerBatch: number;
  readonly rowsMax: number;
  readonly seed: number;
}

/** Batches sorted together by size before their order is shuffled: enough to cut padding, few enough to mix users. */
const sortedTogether = 16;

/** The batches of an epoch, each every row once, the same for the same seed and epoch; without `epoch` in the rows' order. */
export function rankingBatches(rows: readonly RankingRow[], options: RankingBatchOptions, epoch: number | null): RankingRow[][] {
  const order = Int32Array.from(rows.keys());
  const random = createRandom(options.seed, 'ranking batches', epoch ?? 0);
  if (epoch !== null) random.shuffle(order);
  const batches: RankingRow[][] = [];
  const span = sortedTogether * Math.max(1, Math.min(options.rowsMax, Math.floor(options.candidatesPerBatch / meanCandidates(rows))));
  for (let at = 0; at < order.length; at += span) {
    const together = Array.from(order.subarray(at, at + span), (index) => rows[index]!);
    together.sort((a, b) => a.candidates - b.candidates || a.stop - a.start - (b.stop - b.start) || a.start - b.start || a.from - b.from);
    let batch: RankingRow[] = [];
    for (const row of together) {
      // Sorted: the row at hand is the longest so far.
      if (batch.length > 0 && ((batch.length + 1) * row.candidates > options.candidatesPerBatch || batch.length === options.rowsMax)) {
        batches.push(batch);
        batch = [];
      }
      batch.push(row);
    }
    if (batch.length > 0) batches.push(batch);
  }
  if (epoch !== null) {
    const batchOrder = Int32Array.from(batches.keys());
    random.shuffle(batchOrder);
    return Array.from(batchOrder, (index) => batches[index]!);
  }
  return batches;
}

function meanCandidates(rows: readonly RankingRow[]): number {
  return Math.max(1, rows.reduce((sum, { candidates }) => sum + candidates, 0) / Math.max(1, rows.length));
}
