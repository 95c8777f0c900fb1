import { Worker } from 'node:worker_threads';
import type { WriterAnswer, WriterRequest, WriterStart } from './writer-messages.ts';

/** The writer's thread, seen from the log. */
export interface WriterThread {
  post(request: WriterRequest): void;
  /** While something waits for the thread, it keeps the process alive; otherwise not. */
  hold(isWaited: boolean): void;
}

/**
 * Starts the thread of `log-writer.ts`.
 *
 * @param onAnswer called with each answer
 * @param onGone called once when the thread ends without having been asked to
 */
export function startWriterThread(
  start: WriterStart,
  onAnswer: (answer: WriterAnswer) => void,
  onGone: (problem: string) => void,
): WriterThread {
  // The package holds compiled files, the repository the source; the thread is started on whichever this file is.
  const file = import.meta.url.endsWith('.ts') ? './log-writer.ts' : './log-writer.js';
  // The process's own flags (of a test runner, of --eval) are not meant for this file.
  const worker = new Worker(new URL(file, import.meta.url), { workerData: start, name: 'event-log-writer', execArgv: [] });
  let gone = false;
  const end = (problem: string) => {
    if (gone) return;
    gone = true;
    onGone(problem);
  };
  worker.on('message', (answer: WriterAnswer) => {
    if (answer.kind === 'closed') gone = true;
    onAnswer(answer);
  });
  worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => end(`the writer's thread ended with code ${code}`));
  worker.unref();
  return {
    post(request) {
      const moved = request.kind === 'write' ? request.blocks.map((block) => block.bytes.buffer) : [];
      worker.postMessage(request, moved);
    },
    hold(isWaited) {
      if (isWaited) worker.ref();
      else worker.unref();
    },
  };
}
