import { spawn } from 'node:child_process';
import path from 'node:path';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';

/** A world that lives in a process of its own. */
export interface WorldProcess {
  /** Ends it; resolves when it has gone. */
  stop(): Promise<void>;
}

/**
 * Starts `nisus world live` in a process of its own, so that the server's loop is not held up by the world's work. What it
 * says is told as its own lines. One that ends by itself is told as well; the server goes on without it.
 */
export function startWorldProcess(place: PlatformFolder, url: string, { say, logger }: Pick<WorkContext, 'say' | 'logger'>): WorldProcess {
  const program = path.join(import.meta.dirname, `../cli/main${path.extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [program, 'world', 'live', '--platform', place.folder, '--server', url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let isStopped = false;
  let unfinished = '';
  child.stderr.on('data', (text: Buffer) => {
    const lines = (unfinished + text.toString()).split('\n');
    unfinished = lines.pop()!;
    if (isStopped) return;
    for (const line of lines) say(line);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      logger.error('world-not-started', { error });
      resolve();
    });
    child.once('close', (code) => {
      if (!isStopped) say(`World: it ended (exit code ${code}); the server goes on without it.`);
      resolve();
    });
  });
  return {
    stop() {
      isStopped = true;
      child.kill('SIGTERM');
      return ended;
    },
  };
}
