import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';

const PAUSE_MS = 10;
const QUIET_PAUSES = 10;
const PAUSES_MAX = 100;

/**
 * Keeps a listener open until the connections that the kernel has accepted in its name have reached it: closing it
 * earlier would reset them. Resolves once none has come for some 100 ms, after some second at the latest, or as soon
 * as `isOver` says so.
 *
 * Counts turns of the event loop rather than time: a loop that is busy looks for new connections less often, and is
 * given longer.
 */
export async function waitForAcceptedConnections(server: Server, isOver: () => boolean): Promise<void> {
  let quiet = 0;
  const restart = () => (quiet = 0);
  server.on('connection', restart);
  for (let pauses = 0; pauses < PAUSES_MAX && quiet < QUIET_PAUSES && !isOver(); pauses++) {
    quiet++;
    await pause(PAUSE_MS);
  }
  server.off('connection', restart);
}
