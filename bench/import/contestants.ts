import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { silentLogger } from '../../src/base/logger.ts';
import { importInteractions } from '../../src/data/interactions/import-interactions.ts';

/**
 * One way to bring the file in, run in a process of its own: `node contestants.ts NAME FILE FOLDER`. Prints what it did
 * as JSON: rows kept, and the most memory that the process ever held.
 */
const [name = '', file = '', folder = ''] = process.argv.slice(2);
const contestants: Readonly<Record<string, () => Promise<number>>> = {
  nisus: importWithNisus,
  'duckdb-load': () =>
    withDuckdb([`CREATE TABLE loaded AS SELECT * FROM read_csv('${file}', delim = ',', quote = '"', ignore_errors = true)`], 'loaded'),
  'duckdb-same-work': () => withDuckdb(sameWork(), 'arranged'),
};
const contestant = contestants[name];
if (contestant === undefined) throw new Error(`No contestant "${name}"; there are ${Object.keys(contestants).join(', ')}`);
const rows = await contestant();
console.log(JSON.stringify({ rows, memoryMaxMiB: memoryMaxMiB() }));

async function importWithNisus(): Promise<number> {
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const { manifest } = await importInteractions(file, { destination: folder }, { clock, logger: silentLogger });
  return manifest.source?.rowsRead ?? 0;
}

async function withDuckdb(statements: readonly string[], table: string): Promise<number> {
  const instance = await DuckDBInstance.create(path.join(folder, 'peer.duckdb'), { threads: '2', memory_limit: '1536MiB' });
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  const count = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
  const rows = Number(count.getRows()[0]![0]);
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Dense ids by first appearance, repetitions out, rows by (user, time), kept on disk: what an import does, less lines and rejects. */
function sameWork(): string[] {
  const ids = (column: string) =>
    `CREATE TEMP TABLE ids_${column} AS SELECT ${column}, CAST(row_number() OVER (ORDER BY min(place)) - 1 AS INTEGER) AS id FROM loaded GROUP BY ${column}`;
  return [
    `CREATE TEMP TABLE loaded AS SELECT *, row_number() OVER () AS place FROM read_csv('${file}', ignore_errors = true,
      columns = {'user_id': 'VARCHAR', 'item_id': 'VARCHAR', 'timestamp': 'BIGINT'}) WHERE user_id IS NOT NULL`,
    ids('user_id'),
    ids('item_id'),
    `CREATE TABLE arranged AS SELECT u.id AS user_index, i.id AS item_index, timestamp FROM loaded
      JOIN ids_user_id u USING (user_id) JOIN ids_item_id i USING (item_id)
      GROUP BY ALL ORDER BY user_index, timestamp, min(place)`,
  ];
}

/** The peak of this process alone, from the kernel where it tells; what a parent held before does not count. */
function memoryMaxMiB(): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak !== null) return Number(peak[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
