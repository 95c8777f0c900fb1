import type { Entity, EventFilter, EventTerm } from '../feature-declaration.ts';
import { sqlDouble, sqlText } from './sql-text.ts';

/** What event-keys.ts, event-terms.ts and event-filter.ts say of an event, as expressions over the columns of a table of events. */

/** The key of an entity in one or two parts. A part that is a list makes a row of each of its texts. */
export interface KeyParts {
  /** One or two expressions, null where the event has no such key. */
  readonly parts: readonly string[];
  /** Expression of the list that `part` is taken from; null where each event has one key at most. */
  readonly each: string | null;
}

/** Name under which a text of {@link KeyParts.each} stands in `parts`. */
const EACH = 'part';

const USER = `nullif(user_id, '')`;
const AUTHOR = `nullif(author_id, '')`;
const SURFACE = `nullif(surface, '')`;

/** Parts of an entity's key; a subject's are its kind and its id, which joins faster than their text. */
export function keyParts(entity: Entity): KeyParts {
  switch (entity) {
    case 'user':
      return { parts: [USER], each: null };
    case 'subject':
      return { parts: ['subject_kind', 'subject_id'], each: null };
    case 'author':
      return { parts: [AUTHOR], each: null };
    case 'instrument':
      return { parts: [EACH], each: different('instruments') };
    case 'tag':
      return { parts: [EACH], each: different('tags') };
    case 'user-tag':
      return { parts: [USER, EACH], each: different('tags') };
    case 'user-author':
      return { parts: [USER, AUTHOR], each: null };
    case 'surface-position':
      return { parts: [SURFACE, 'CAST(CAST(position AS BIGINT) AS VARCHAR)'], each: null };
  }
}

/** The parts of a key given as text, in the same order: expressions over a column. */
export function keyTextParts(entity: Entity, column: string): readonly string[] {
  switch (entity) {
    case 'user':
    case 'author':
    case 'instrument':
    case 'tag':
      return [column];
    case 'subject':
      return [`split_part(${column}, ':', 1)`, `substr(${column}, strpos(${column}, ':') + 1)`];
    case 'user-tag':
    case 'user-author':
    case 'surface-position':
      return [`split_part(${column}, chr(31), 1)`, `split_part(${column}, chr(31), 2)`];
  }
}

/** A term of an event: a text, or, where `many`, a list of texts that may be empty or null. */
export interface TermSql {
  readonly sql: string;
  readonly many: boolean;
}

/** Expression of a term. */
export function termSql(of: EventTerm): TermSql {
  switch (of) {
    case 'user':
      return { sql: USER, many: false };
    case 'subject':
      return { sql: `subject_kind || ':' || subject_id`, many: false };
    case 'author':
      return { sql: AUTHOR, many: false };
    case 'instrument':
      return { sql: different('instruments'), many: true };
    case 'tag':
      return { sql: different('tags'), many: true };
    case 'surface':
      return { sql: SURFACE, many: false };
    case 'action':
      return { sql: 'action', many: false };
    case 'query':
      return { sql: `nullif(query, '')`, many: false };
    case 'time':
      return { sql: 'CAST(CAST(time_ms AS BIGINT) AS VARCHAR)', many: false };
  }
}

/** Condition of a filter; null counts as false. */
export function filterSql(where: EventFilter): string {
  const conditions: string[] = [];
  if (where.actions !== undefined) conditions.push(isOneOf('action', where.actions));
  if (where.subjectKinds !== undefined) conditions.push(isOneOf('subject_kind', where.subjectKinds));
  if (where.surfaces !== undefined) conditions.push(isOneOf('surface', where.surfaces));
  if (where.valueMin !== undefined) conditions.push(`value >= ${sqlDouble(where.valueMin)}`);
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

function isOneOf(column: string, texts: readonly string[]): string {
  return texts.length === 0 ? 'false' : `${column} IN (${texts.map(sqlText).join(', ')})`;
}

/** The texts of a list that are not empty, each once, in order. Most lists are so already, and pass untouched. */
function different(list: string): string {
  return (
    `CASE WHEN len(${list}) = list_unique(${list}) AND NOT list_contains(${list}, '') THEN ${list} ` +
    `ELSE list_filter(${list}, lambda x, i: x <> '' AND list_position(${list}, x) = i) END`
  );
}
