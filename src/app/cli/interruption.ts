import { EXIT_CODES } from './exit-codes.ts';
import { InterruptedError } from './cli-errors.ts';

/** The wish to stop, as work sees it. */
export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM, with an {@link InterruptedError} as its reason. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node.js. */
  release(): void;
}

/**
 * Listens for Ctrl-C and requests to end: the first asks the work to stop (training writes a checkpoint, a server
 * finishes what is in flight), the second ends the process there and then.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const on = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated);
    controller.abort(new InterruptedError(name));
  };
  const listeners = { SIGINT: on('SIGINT'), SIGTERM: on('SIGTERM') };
  process.on('SIGINT', listeners.SIGINT).on('SIGTERM', listeners.SIGTERM);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', listeners.SIGINT).off('SIGTERM', listeners.SIGTERM);
    },
  };
}
