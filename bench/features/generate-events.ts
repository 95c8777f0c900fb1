import { DuckDBInstance } from '@duckdb/node-api';

/** How large a generated log is. */
export interface GeneratedLog {
  readonly events: number;
  readonly seed: number;
}

/**
 * Writes a log of a feed beside an exchange as Parquet, in the columns of the event log's export: sessions over 30 days
 * with a daily cycle; popularity of users as 1/√rank, of subjects and tags as 1/rank; about one impression in ten clicked, with what follows (dwell, like,
 * share, hide, order); queries; prices of 100 instruments every five minutes. 2 % of the events come up to six
 * hours late, 0.2 % from clocks up to two minutes ahead, the rest within two seconds. One seed, one log.
 */
export async function generateEvents(into: string, { events, seed }: GeneratedLog, temporaryFolder: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB', temp_directory: temporaryFolder });
  const connection = await instance.connect();
  const days = 30;
  const priceEvents = Math.round(events * 0.0864);
  const slots = Math.round((events - priceEvents) / 1.356);
  // A uniform number in [0, 1) of an index and a purpose: generators of SQL are not seeded the same on every thread.
  const u = (index: string, purpose: number) => `((hash(${index} * 64 + ${purpose} + ${seed} * 1000003) >> 11)::DOUBLE / 9007199254740992)`;
  const zipf = (most: number, uniform: string) => `CAST(floor(pow(${most + 1}::DOUBLE, ${uniform})) AS BIGINT)`;
  const start = Date.UTC(2026, 0, 5);
  await connection.run(`
    CREATE TABLE slots AS
    SELECT i, i // 24 AS session, i % 24 AS slot,
      1 + CAST(floor(200000 * pow(${u('i // 24', 1)}, 2)) AS BIGINT) AS user_number,
      CAST(${start} + floor(${u('i // 24', 2)} * ${days}) * 86400000 + (0.5 + 0.5 * sin(3.14159 * (${u('i // 24', 3)} - 0.5))) * 86000000 + (i % 24) * 9000 + ${u('i', 4)} * 8000 AS BIGINT) AS ts,
      least(${zipf(100_000, u('i', 5))}, 100000) AS subject_number,
      ${u('i', 6)} AS luck, ${u('i', 7)} AS luck2, ${u('i', 8)} AS luck3
    FROM range(${slots}) r(i)`);
  await connection.run(`
    CREATE TABLE acts AS
    SELECT i, 0 AS step, ts AS happened, 'impression' AS action, NULL::DOUBLE AS value FROM slots
    UNION ALL SELECT i, 1, ts + 1500 + CAST(luck2 * 4000 AS BIGINT), 'click', NULL FROM slots WHERE luck < 0.12
    UNION ALL SELECT i, 2, ts + 8000 + CAST(luck3 * 60000 AS BIGINT), 'dwell', floor(500 + luck3 * luck3 * 120000) FROM slots WHERE luck < 0.11
    UNION ALL SELECT i, 3, ts + 9000, CASE WHEN luck3 < 0.6 THEN 'like' WHEN luck3 < 0.8 THEN 'share' WHEN luck3 < 0.95 THEN 'follow' ELSE 'comment' END, NULL FROM slots WHERE luck < 0.03
    UNION ALL SELECT i, 4, ts + 3000, CASE WHEN luck2 < 0.8 THEN 'hide' ELSE 'report' END, NULL FROM slots WHERE luck > 0.99
    UNION ALL SELECT i, 5, ts + 20000, 'order-placed', floor(100 + pow(10, 2 + luck2 * 4)) FROM slots WHERE luck < 0.008
    UNION ALL SELECT i, 6, ts - 500, 'session-start', NULL FROM slots WHERE slot = 0
    UNION ALL SELECT i, 7, ts + 4000, 'query', NULL FROM slots WHERE luck3 > 0.964`);
  const late = (index: string) =>
    `CASE WHEN ${u(index, 9)} < 0.02 THEN CAST(${u(index, 10)} * 21600000 AS BIGINT) WHEN ${u(index, 9)} > 0.998 THEN -CAST(${u(index, 10)} * 120000 AS BIGINT) ` +
    `ELSE CAST(50 + ${u(index, 10)} * 1950 AS BIGINT) END`;
  await connection.run(`
    CREATE TABLE log AS
    SELECT 'e' || (i * 8 + step) AS id, 'u' || user_number AS user_id,
      CASE WHEN action NOT IN ('query', 'session-start') THEN 'content' END AS subject_kind,
      CASE WHEN action NOT IN ('query', 'session-start') THEN 'post-' || subject_number END AS subject_id,
      CASE WHEN action NOT IN ('query', 'session-start') THEN 'a' || (1 + subject_number % 3000) END AS author_id,
      CASE WHEN action NOT IN ('query', 'session-start') THEN ['t' || least(200, ${zipf(200, u('subject_number', 11))}), 'u' || (subject_number % 37)] END AS tags,
      CASE WHEN action NOT IN ('query', 'session-start') THEN CASE WHEN subject_number % 3 = 0 THEN ['I' || (subject_number % 100)] ELSE [] END END AS instruments,
      action, value, NULL::DOUBLE AS quantity, CASE WHEN action = 'query' THEN 'query ' || least(5000, ${zipf(5000, 'luck2')}) END AS query,
      happened AS time_ms, happened + ${late('(i * 8 + step)')} AS received_time_ms,
      CASE WHEN session % 4 = 0 THEN 'search' ELSE 'feed' END AS surface, 's' || session AS session_id, 'r' || (i // 6) AS request_id,
      CAST(slot AS INTEGER) AS position
    FROM acts JOIN slots USING (i)`);
  await connection.run(`
    INSERT INTO log
    SELECT 'p' || i, NULL, 'instrument', 'I' || (i % 100), NULL, ['spot'], ['I' || (i % 100)], 'price',
      100 * (1 + i % 100) * exp(0.3 * sin(i / 31337.0) + 0.02 * (${u('i', 12)} - 0.5)), floor(1000 * ${u('i', 13)}) / 16, NULL,
      ${start} + CAST(i // 100 * ${(days * 86_400_000) / Math.max(1, Math.floor(priceEvents / 100))} AS BIGINT) AS t,
      ${start} + CAST(i // 100 * ${(days * 86_400_000) / Math.max(1, Math.floor(priceEvents / 100))} AS BIGINT) + ${late('(i + 1e12::BIGINT)')},
      NULL, NULL, NULL, NULL
    FROM range(${priceEvents}) r(i)`);
  await connection.run(`
    COPY (SELECT row_number() OVER () - 1 AS "offset", *, NULL::DOUBLE AS propensity, NULL::VARCHAR AS model_version, NULL::VARCHAR AS experiments, 1 AS schema_version
      FROM (SELECT * FROM log ORDER BY received_time_ms, id)) TO '${into}' (FORMAT parquet)`);
  const count = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM log');
  connection.closeSync();
  instance.closeSync();
  return Number(count.getRows()[0]![0]);
}
