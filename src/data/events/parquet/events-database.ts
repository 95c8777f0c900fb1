import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { NisusError } from '../../../base/error.ts';
import { EventsFileError } from './events-file-error.ts';

/** What DuckDB may take while it writes or reads a file of events. */
export interface EventsFileLimits {
  /** @default 2 */
  readonly threads?: number | undefined;
  /** @default 512 */
  readonly memoryLimitMiB?: number | undefined;
}

/**
 * Runs something on a DuckDB of its own, in memory; what does not fit goes to a folder.
 *
 * @throws {EventsFileError} for whatever DuckDB throws
 */
export async function withEventsDatabase<Result>(
  path: string,
  temporaryFolder: string,
  { threads = 2, memoryLimitMiB = 512 }: EventsFileLimits,
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${memoryLimitMiB}MiB`,
      temp_directory: temporaryFolder,
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    try {
      const connection = await instance.connect();
      try {
        return await use(connection);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } catch (error) {
    // The engine's own failures are plain errors with its exception kind in front: "IO Error: …".
    const isEngines = error instanceof Error && !(error instanceof NisusError) && /^[\w ]+ Error: /.test(error.message);
    throw isEngines ? new EventsFileError(path, error.message.split('\n')[0]!, error) : error;
  }
}

/** A text as SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
