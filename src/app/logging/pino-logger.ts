import { pino } from 'pino';
import type { Logger } from '../../base/logger.ts';
import type { LogLevel } from './log-level.ts';

/** Structured lines (JSON) on standard error, written at once so that none is lost at an exit. */
export function createPinoLogger(level: LogLevel): Logger {
  const lines = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    debug: (message, fields) => lines.debug(fields ?? {}, message),
    info: (message, fields) => lines.info(fields ?? {}, message),
    warn: (message, fields) => lines.warn(fields ?? {}, message),
    error: (message, fields) => lines.error(fields ?? {}, message),
  };
}
