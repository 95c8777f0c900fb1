// The writer's thread: the only connection that changes the log. It runs beside the thread that appends, so that waiting for the
// disk stops nobody, and writes all batches that wait in one transaction, so that one flush serves them all.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openForWriting } from './log-database.ts';
import { createBlockStore } from './block-store.ts';
import { createSegmentSealer } from './segment-sealer.ts';
import type { WriterAnswer, WriterRequest, WriterStart } from './writer-messages.ts';

/** Bytes of blocks in one transaction at most, so that the first of many waiting batches is not kept for the last. */
const GROUP_BYTES_MAX = 8 * 2 ** 20;

const port = parentPort!;
const start = workerData as WriterStart;
const database = openForWriting(start.folder, start.bytesMax);
const store = createBlockStore(database);
const sealer = createSegmentSealer(database);
const waiting: WriterRequest[] = [];
let failedEpoch = -1;
let scheduled = false;

const answer = (message: WriterAnswer) => port.postMessage(message);
const problemOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(work);
}

function work(): void {
  scheduled = false;
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    waiting.push(more.message as WriterRequest);
  }
  const next = waiting[0];
  if (next?.kind === 'write') writeGroup();
  else if (next !== undefined) {
    waiting.shift();
    if (next.kind === 'close') return close();
    if (next.kind === 'drop') drop(next);
    if (next.kind === 'seal') sealer.add(next);
  }
  if (sealer.isBusy()) sealStep();
  if (waiting.length > 0 || sealer.isBusy()) schedule();
}

/** Writes the batches at the front of the queue in one transaction. */
function writeGroup(): void {
  const group: Extract<WriterRequest, { kind: 'write' }>[] = [];
  let bytes = 0;
  while (waiting[0]?.kind === 'write' && bytes < GROUP_BYTES_MAX) {
    const request = waiting.shift() as (typeof group)[number];
    if (request.epoch <= failedEpoch) continue;
    group.push(request);
    for (const block of request.blocks) bytes += block.bytes.length;
  }
  const last = group.at(-1);
  if (last === undefined) return;
  try {
    store.write(group.flatMap((request) => request.blocks), last.arrivals); // prettier-ignore
    answer({ kind: 'stored', sequence: last.sequence });
  } catch (error) {
    failedEpoch = last.epoch;
    answer({ kind: 'failed', epoch: last.epoch, problem: problemOf(error) });
  }
}

function drop(request: Extract<WriterRequest, { kind: 'drop' }>): void {
  try {
    answer({ kind: 'dropped', call: request.call, ...store.dropBefore(request.beforeMs) });
  } catch (error) {
    answer({ kind: 'drop-failed', call: request.call, problem: problemOf(error) });
  }
}

function sealStep(): void {
  const { id } = sealer.current();
  try {
    const sealed = sealer.step();
    if (sealed !== null) port.postMessage({ kind: 'sealed', id, ...sealed } satisfies WriterAnswer, [sealed.idFilter.buffer]);
  } catch (error) {
    sealer.giveUp();
    answer({ kind: 'seal-failed', id, problem: problemOf(error) });
  }
}

function close(): void {
  // So that the file alone holds the log; a reader that is in the middle of something may prevent it, and need not wait.
  database.pragma('busy_timeout = 0');
  try {
    database.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // What is not merged stays where it is, on the disk as well.
  }
  database.close();
  answer({ kind: 'closed' });
  port.close();
}

port.on('message', (message: WriterRequest) => {
  waiting.push(message);
  schedule();
});
answer({ kind: 'ready' });
