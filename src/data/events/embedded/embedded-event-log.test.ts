import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../base/logger.ts';
import { describeEventLog } from '../event-log-suite.fixture.ts';
import type { EventLogOptions } from './log-options.ts';
import { openEventLog } from './open-event-log.ts';

const place = (fixed: EventLogOptions) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nisus-log-'));
  return {
    open: (options: EventLogOptions) => openEventLog(folder, { ...options, ...fixed }, { logger: silentLogger }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

describeEventLog('the embedded event log', place({}), { isKept: true });

// Every path of the sealed index is taken: most ids and users are found on disk.
describeEventLog('the embedded event log, its index in many small segments', place({ segmentEventsMax: 8 }), { isKept: true });
