import { printableText } from '../../base/printable-text.ts';
import { ColumnMissingError, ImportOptionError } from './import-errors.ts';

/** What a column can be to the import. */
export type ColumnRole = 'user' | 'item' | 'time' | 'position' | 'value' | 'event';

/**
 * Which column plays which role: a name as in the header, or a 1-based number (files without a header). A role left out
 * is looked for under its usual names; `null` keeps a role from being looked for.
 */
export type ColumnMapping = { readonly [Role in ColumnRole]?: string | number | null | undefined };

/** Where each role stands, 0-based; -1 where it is absent. */
export type ColumnPlaces = Readonly<Record<ColumnRole, number>>;

/** Every role. */
export const COLUMN_ROLES: readonly ColumnRole[] = ['user', 'item', 'time', 'position', 'value', 'event'];

/** Usual names of each role, in order of preference; in their common form; compared in lower case without `_`, `-`, `.` and spaces. */
export const USUAL_NAMES: Readonly<Record<ColumnRole, readonly string[]>> = {
  user: ['user_id', 'user', 'uid', 'user_index', 'visitor_id', 'customer_id', 'reviewer_id', 'member_id', 'account_id', 'session_id'],
  item: [
    'item_id',
    'item',
    'iid',
    'item_index',
    'movie_id',
    'product_id',
    'parent_asin',
    'asin',
    'article_id',
    'content_id',
    'post_id',
    'book_id',
    'track_id',
    'song_id',
    'video_id',
    'business_id',
    'news_id',
    'sku',
  ],
  time: [
    'timestamp',
    'time',
    'ts',
    'timestamp_ms',
    'time_ms',
    'unix_time',
    'unix_review_time',
    'event_time',
    'datetime',
    'date',
    'created_at',
    'occurred_at',
    'sort_timestamp',
  ],
  position: ['position', 'pos', 'step', 'sequence'],
  value: ['rating', 'value', 'score', 'weight', 'overall', 'stars'],
  event: ['event', 'event_type', 'action', 'behavior', 'behaviour', 'behavior_type', 'interaction', 'interaction_type'],
};

function normalized(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_.-]+/g, '');
}

/**
 * Finds the columns.
 *
 * @param names The header; null where the file has none, then every mapped column must be a number.
 * @param columnCount How many columns there are.
 * @param firstLineIsHeader Whether the names come from a first line that may be a row instead; then the error says so.
 * @throws {ColumnMissingError} where user or item is not found, or a mapped column is not there.
 */
export function placeColumns(
  path: string,
  names: readonly string[] | null,
  columnCount: number,
  mapping: ColumnMapping,
  firstLineIsHeader = false,
): ColumnPlaces {
  const found = names ?? Array.from({ length: columnCount }, (_, index) => `column ${index + 1} of ${columnCount}`);
  const places: Record<ColumnRole, number> = { user: -1, item: -1, time: -1, position: -1, value: -1, event: -1 };
  for (const role of COLUMN_ROLES) {
    const wanted = mapping[role];
    if (wanted === null) continue;
    if (typeof wanted === 'number') {
      if (!Number.isInteger(wanted) || wanted < 1) {
        throw new ImportOptionError(`columns.${role} is ${wanted}; column numbers are integers from 1.`, { role, wanted });
      }
      if (wanted > columnCount) throw new ColumnMissingError(path, role, `column ${wanted}`, found);
      places[role] = wanted - 1;
    } else if (wanted !== undefined) {
      const exact = (names ?? []).indexOf(wanted);
      places[role] = exact >= 0 ? exact : (names ?? []).findIndex((name) => normalized(name) === normalized(wanted));
      if (places[role] < 0) throw new ColumnMissingError(path, role, `"${wanted}"`, found, firstLineIsHeader);
    }
  }
  const usual = (names ?? []).map(normalized);
  for (const role of COLUMN_ROLES) {
    if (places[role] >= 0 || mapping[role] !== undefined) continue;
    const taken = new Set(Object.values(places));
    for (const name of USUAL_NAMES[role]) {
      const plain = normalized(name);
      const place = usual.findIndex((candidate, index) => candidate === plain && !taken.has(index));
      if (place >= 0) {
        places[role] = place;
        break;
      }
    }
  }
  for (const role of ['user', 'item'] as const) {
    if (places[role] < 0) throw new ColumnMissingError(path, role, `one of ${USUAL_NAMES[role].join(', ')}`, found, firstLineIsHeader);
  }
  if (places.user === places.item) {
    throw new ImportOptionError(`The user and the item are the same column (${printableText(found[places.user]!)}).`);
  }
  // The time orders rows; a position beside it would say the same again.
  return places.time >= 0 ? { ...places, position: -1 } : places;
}

/** The roles that were found and their columns' names, for the manifest and reports. */
export function namedColumns(places: ColumnPlaces, names: readonly string[] | null): Partial<Record<ColumnRole, string>> {
  const columns: Partial<Record<ColumnRole, string>> = {};
  for (const role of COLUMN_ROLES) {
    const place = places[role];
    if (place >= 0) columns[role] = names?.[place] ?? `column ${place + 1}`;
  }
  return columns;
}
