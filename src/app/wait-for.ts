import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal fires. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
