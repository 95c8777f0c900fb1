import { describeEventLog } from './event-log-suite.fixture.ts';
import { createMemoryEventLog } from './memory-event-log.ts';

describeEventLog(
  'the event log in memory',
  async () => ({ open: async (options) => createMemoryEventLog(options), remove: async () => undefined }),
  { isKept: false },
);
