import Database from 'better-sqlite3';
import { join } from 'node:path';
import { LogLockedError, LogUnreadableError } from '../event-log-errors.ts';

/**
 * Takes a log for one writer. The lock is a transaction that is held open in a small SQLite file, so the system gives it free when
 * its process ends, however that ends.
 *
 * @param owner said to others who come meanwhile
 * @returns gives the lock free
 * @throws {LogLockedError}
 */
export function lockLog(folder: string, owner: string): () => void {
  let database: Database.Database | null = null;
  try {
    database = new Database(join(folder, 'writer.sqlite'), { timeout: 0 });
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (name TEXT NOT NULL); DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?)').run(owner);
    // The name must be committed to be readable; who comes in between these two finds the second taken.
    database.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    const holder = isBusy ? readHolder(database) : '';
    database?.close();
    if (isBusy) throw new LogLockedError(folder, holder);
    throw new LogUnreadableError(folder, error instanceof Error ? error.message : String(error), error);
  }
  const held = database;
  return () => held.close();
}

function readHolder(database: Database.Database | null): string {
  try {
    return (database?.prepare('SELECT name FROM holder').pluck().get() as string | undefined) ?? 'another process';
  } catch {
    return 'another process';
  }
}
