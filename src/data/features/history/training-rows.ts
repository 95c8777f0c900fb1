import type { EventAction } from '../../events/event-actions.ts';
import type { EventFilter, FeatureView } from '../feature-declaration.ts';
import { filterSql, keyParts } from './event-sql.ts';
import { sqlText } from './sql-text.ts';

/** Which moments of the log a training set has a row for: one an event that passes `where`, at the event's time. */
export interface TrainingRows {
  readonly where: EventFilter;
  /** Gives rows a label; left out, there is none, and every event that passes is a row. */
  readonly outcome?: TrainingOutcome;
}

/** What a row is to foretell: whether the same user did one of some actions with the same subject afterwards. */
export interface TrainingOutcome {
  readonly actions: readonly EventAction[];
  /** At most this long after the row's moment. Where both events name a request it must be the same. */
  readonly withinMs: number;
  /**
   * About so many rows without the outcome are kept for one with it, drawn at random; each weighs as many as it stands for.
   * @default all are kept, and weigh 1
   */
  readonly negativesPerPositive?: number;
  /** Of the draw. @default 0 */
  readonly seed?: number;
}

/** Columns that every training set begins with. `label` and `weight` are there where an outcome was asked for. */
const ROW_COLUMNS = '"offset", id, user_id, subject_kind, subject_id, request_id, time_ms';

/**
 * Statements that make the table `rows`: `a` (number of the row), {@link ROW_COLUMNS}, `label`, `weight`, and what keys are
 * made of. Where an event has several tags or instruments its first one is the row's: a row has one key a view.
 */
export function trainingRowsSql({ where, outcome }: TrainingRows): readonly string[] {
  const columns = `CAST("offset" AS BIGINT) AS "offset", * EXCLUDE ("offset")`;
  const passing = `SELECT ${columns} FROM events WHERE ${filterSql(where)}`;
  if (outcome === undefined) return [`CREATE OR REPLACE TEMP TABLE rows AS SELECT row_number() OVER () AS a, * FROM (${passing})`];
  const { actions, withinMs, negativesPerPositive, seed = 0 } = outcome;
  const outcomes = `SELECT user_id, subject_kind, subject_id, request_id, time_ms FROM events WHERE action IN (${actions.map(sqlText).join(', ')})`;
  const labelled =
    `SELECT r.*, EXISTS (SELECT 1 FROM (${outcomes}) o WHERE o.user_id = r.user_id AND o.subject_kind = r.subject_kind ` +
    `AND o.subject_id = r.subject_id AND o.time_ms >= r.time_ms AND o.time_ms <= r.time_ms + ${withinMs} ` +
    `AND coalesce(o.request_id, r.request_id, '') = coalesce(r.request_id, o.request_id, '')) AS label FROM (${passing}) r`;
  const share =
    negativesPerPositive === undefined
      ? '1::DOUBLE'
      : `least(1::DOUBLE, ${negativesPerPositive} * count_if(label) / greatest(1, count_if(NOT label)))`;
  return [
    `CREATE OR REPLACE TEMP TABLE labelled AS ${labelled}`,
    `SET VARIABLE share = (SELECT ${share} FROM labelled)`,
    `CREATE OR REPLACE TEMP TABLE rows AS SELECT row_number() OVER () AS a, *, CASE WHEN label THEN 1 ELSE 1 / getvariable('share') END AS weight ` +
      `FROM labelled WHERE label OR ${uniform('"offset"', seed)} < getvariable('share')`,
    'DROP TABLE labelled',
  ];
}

/** SELECT of the questions that a view is asked for the rows: those that have a key of it. */
export function rowQuestionsSql(view: FeatureView): string {
  const { parts, each } = keyParts(view.entity);
  const keys = parts.map((part, index) => `${part === 'part' ? `(${each})[1]` : part} AS k${index + 1}`);
  const present = parts.map((_, index) => `k${index + 1} IS NOT NULL`);
  return `SELECT * FROM (SELECT a, CAST(time_ms AS BIGINT) AS t, ${keys.join(', ')} FROM rows) WHERE ${present.join(' AND ')}`;
}

/** The columns of `rows` that go into the set. */
export function rowColumns({ outcome }: TrainingRows): string {
  return outcome === undefined ? ROW_COLUMNS : `${ROW_COLUMNS}, label, weight`;
}

/** A number in [0, 1) that looks random, of an offset and a seed: the finaliser of MurmurHash3, 32 bits (Appleby 2011). */
function uniform(offset: string, seed: number): string {
  const word = 2 ** 32;
  const mix = (x: string, factor: number, shift: number) => `((xor(${x}, ${x} >> ${shift}) * ${factor}::UBIGINT) % ${word}::UBIGINT)`;
  const start = `CAST((${offset} + ${Math.floor(seed) % word} * 40503) % ${word} AS UBIGINT)`;
  const first = mix(start, 0x85ebca6b, 16);
  const second = mix(first, 0xc2b2ae35, 13);
  return `(CAST(xor(${second}, ${second} >> 16) AS DOUBLE) / ${word})`;
}
