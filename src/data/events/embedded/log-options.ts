import { z } from 'zod';
import { LogOptionError } from '../event-log-errors.ts';

/** How an embedded log is opened. */
export interface EventLogOptions {
  /** An event whose time lies further than this before the latest in the log is rejected as too late. @default 7 days */
  readonly latenessMsMax?: number | undefined;
  /** An event whose time lies further than this after its received time is rejected as in the future. @default 5 minutes */
  readonly futureMsMax?: number | undefined;
  /** Events of one `append` at most. @default 10,000 */
  readonly batchEventsMax?: number | undefined;
  /** Events that may wait for the disk; further ones are refused with `LogBusyError`. @default 100,000, or one batch where that is more */
  readonly queueEventsMax?: number | undefined;
  /** Bytes of the log's file at most; beyond them appends fail with `LogWriteError` until something is dropped. @default No bound */
  readonly bytesMax?: number | undefined;
  /**
   * Events after which the index in memory is sealed to disk. Memory: 32 bytes an event up to twice this number, then 2 to 4 bytes
   * an event. Also what is read again when the log is opened. @default 1,048,576
   */
  readonly segmentEventsMax?: number | undefined;
  /** Who holds the log, said to others who want to write to it. @default 'another process' */
  readonly owner?: string | undefined;
}

const DAY_MS = 86_400_000;

const count = (most: number) => z.int().min(1).max(most);

const schema = z
  .strictObject({
    latenessMsMax: z
      .number()
      .min(0)
      .default(7 * DAY_MS),
    futureMsMax: z.number().min(0).default(300_000),
    batchEventsMax: count(1_000_000).default(10_000),
    queueEventsMax: count(10_000_000).optional(),
    bytesMax: z.number().min(1).optional(),
    segmentEventsMax: count(2 ** 24).default(2 ** 20),
    owner: z.string().min(1).max(200).default('another process'),
  })
  .transform((options) => ({ ...options, queueEventsMax: options.queueEventsMax ?? Math.max(100_000, options.batchEventsMax) }))
  .refine((options) => options.queueEventsMax >= options.batchEventsMax, { error: 'queueEventsMax must not be below batchEventsMax' });

/** {@link EventLogOptions} with every default in place. */
export type CheckedLogOptions = z.output<typeof schema>;

/** Checks options and fills in the defaults. @throws {LogOptionError} */
export function checkLogOptions(options: EventLogOptions): CheckedLogOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new LogOptionError(path.length === 0 ? message : `${path.join('.')}: ${message}`);
}

const readSchema = z.object({ batchEventsMax: count(1_000_000).default(1000) });

/** Checks how a log is to be read. @returns events a batch @throws {LogOptionError} */
export function checkReadOptions(fromOffset: number, options: { readonly batchEventsMax?: number }): number {
  if (!Number.isSafeInteger(fromOffset) || fromOffset < 0) {
    throw new LogOptionError(`an offset is ${fromOffset}, expected a whole number from 0`);
  }
  const result = readSchema.safeParse(options);
  if (result.success) return result.data.batchEventsMax;
  throw new LogOptionError(`batchEventsMax: ${result.error.issues[0]!.message}`);
}
