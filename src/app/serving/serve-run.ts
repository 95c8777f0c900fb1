import { randomUUID } from 'node:crypto';
import type { Logger } from '../../base/logger.ts';
import { createRandom } from '../../base/random.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { catalogUsers } from '../server/catalog-users.ts';
import { createServer, type Server, type ServerOptions } from '../server/create-server.ts';
import { readVersion } from '../version.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';
import { openService, type OpenServiceOptions } from './open-service.ts';
import { openPlatform, type OpenPlatform } from './open-platform.ts';
import { PortError } from './port-errors.ts';

/** How a run is served. */
export interface ServeOptions extends Omit<OpenServiceOptions, 'platform'> {
  /** A platform whose events are taken in and whose features follow them. @default null: `/v1/events` answers 501 */
  readonly platform?: PlatformFolder | null;
  readonly host: string;
  readonly port: number;
  /** Whether the next ports are tried when this one is in use. */
  readonly tryNextPorts: boolean;
  /** Told when the server answers. */
  readonly onListening: (server: Server) => void;
}

const PORTS_TRIED = 20;

/**
 * Serves a finished run until the context's signal fires; then answers what is in flight and returns.
 *
 * The model and the data set are opened while the server starts; `onListening` is called when both are there.
 *
 * @throws {PortError}; what {@link openService} throws
 */
export async function serveRun(folder: string, record: RunRecord, options: ServeOptions, context: WorkContext): Promise<void> {
  if ((options.platform ?? null) === null) return serveWith(null, folder, record, options, context);
  const platform = await openPlatform(options.platform!, context);
  try {
    await serveWith(platform, folder, record, options, context);
  } finally {
    await platform.close();
  }
}

async function serveWith(
  platform: OpenPlatform | null,
  folder: string,
  record: RunRecord,
  options: ServeOptions,
  context: WorkContext,
): Promise<void> {
  const opening = openService(folder, record, context, { ...options, platform });
  const { clock, logger, signal } = context;
  // Whoever awaits it below throws it; here it must not count as unhandled.
  opening.catch(() => {});
  try {
    const server = await listen(
      {
        service: opening.then(({ service }) => service),
        clock,
        logger: withoutLoadFailure(logger),
        random: createRandom(randomUUID(), 'request-id'),
        host: options.host,
        version: readVersion(),
        ...(platform === null
          ? {}
          : { events: { log: platform.log, ...(platform.catalog === null ? {} : { knownUsers: catalogUsers(platform.catalog) }) } }),
      },
      options,
    );
    try {
      await opening;
      if (!signal.aborted) {
        options.onListening(server);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      }
    } finally {
      await server.close();
    }
  } finally {
    await opening.then(
      (service) => service.close(),
      () => undefined,
    );
  }
}

/** What keeps the model from being loaded is thrown to the caller, who tells it: the log has it for the curious only. */
function withoutLoadFailure(logger: Logger): Logger {
  return {
    ...logger,
    error(event, fields) {
      if (event === 'model-load-failed') logger.debug(event, fields);
      else logger.error(event, fields);
    },
  };
}

async function listen(server: ServerOptions, { host, port, tryNextPorts }: ServeOptions): Promise<Server> {
  for (let tried = 0; ; tried++) {
    try {
      return await createServer({ ...server, port: port + tried });
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      if (cause.code === 'EADDRINUSE' && tryNextPorts && port > 0 && tried + 1 < PORTS_TRIED && port + tried < 65_535) continue;
      if (cause.syscall === 'listen' || cause.syscall === 'getaddrinfo') throw new PortError(host, port + tried, cause);
      throw error;
    }
  }
}
