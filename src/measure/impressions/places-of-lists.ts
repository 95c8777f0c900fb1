import type { ImpressionLists } from '../../learn/actions/impression-lists.ts';
import { invalid } from './impressions-error.ts';
import type { ScoredImpressions } from './scored-impressions.ts';

/** Which place of the data set each place of scored impressions is, and its columns. */
export interface ListPlaces extends Pick<ScoredImpressions, 'lists' | 'users' | 'subjects' | 'positions' | 'timesMs'> {
  /** `[places]`, row of the place in `ImpressionLists.subjects`: labels and scores are taken by it. */
  readonly rows: Int32Array;
}

/**
 * The places of some lists in the order that {@link ScoredImpressions} wants: by list, then position. O(places log places of a list).
 *
 * @param selection numbers of lists, each once, in any order; such as a part of a split by time @default all
 * @throws ImpressionsError `IMPRESSIONS_INVALID` for a list that there is not, or one that is named twice
 */
export function placesOfLists(data: ImpressionLists, selection?: Int32Array): ListPlaces {
  const chosen = selection === undefined ? Int32Array.from({ length: data.listCount }, (_, list) => list) : selection.slice().sort();
  let count = 0;
  for (const [at, list] of chosen.entries()) {
    if (list < 0 || list >= data.listCount) throw invalid(`list ${list} is asked for, and there are ${data.listCount}`, { list });
    if (at > 0 && chosen[at - 1] === list) throw invalid(`list ${list} is asked for twice`, { list });
    count += data.offsets[list + 1]! - data.offsets[list]!;
  }
  const places = {
    rows: new Int32Array(count),
    lists: new Int32Array(count),
    users: new Int32Array(count),
    subjects: new Int32Array(count),
    positions: new Int32Array(count),
    timesMs: new Float64Array(count),
  };
  let to = 0;
  for (const list of chosen) {
    const [from, end] = [data.offsets[list]!, data.offsets[list + 1]!];
    const rows = Int32Array.from({ length: end - from }, (_, at) => from + at).sort((a, b) => data.positions[a]! - data.positions[b]!);
    for (const row of rows) {
      places.rows[to] = row;
      places.lists[to] = list;
      places.users[to] = data.users[list]!;
      places.subjects[to] = data.subjects[row]!;
      places.positions[to] = data.positions[row]!;
      places.timesMs[to] = data.timesMs[list]!;
      to++;
    }
  }
  return places;
}

/** A column of the data set's places, such as a task's labels, in the order of these places. */
export function takePlaces({ rows }: ListPlaces, column: Float32Array): Float32Array {
  const taken = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at++) taken[at] = column[rows[at]!]!;
  return taken;
}
