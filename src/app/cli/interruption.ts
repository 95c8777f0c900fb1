import { EXIT_CODES } from './exit-codes.ts';
import { InterruptedError } from './cli-errors.ts';

/** The wish to stop, as work sees it. */
export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM, with an {@link InterruptedError} as its reason. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node.js. */
  release(): void;
}

/** Signals this close together are one wish: a process group's Ctrl-C arrives directly and once more through npm. */
const SAME_WISH_MS = 500;

/**
 * Listens for Ctrl-C and requests to end: the first asks the work to stop (training writes a checkpoint, a server
 * finishes what is in flight), a second one half a second or more later ends the process there and then.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let firstMs = -Infinity;
  const on = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (performance.now() - firstMs < SAME_WISH_MS) return;
    if (!controller.signal.aborted) firstMs = performance.now();
    if (controller.signal.aborted) {
      // A progress bar hides the cursor.
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\n');
      process.exit(name === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated);
    }
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
