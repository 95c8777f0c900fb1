import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { EventBatch } from '../../src/data/events/event-log.ts';
import { openEventBlock } from '../../src/data/events/block/decode-block.ts';
import { createEventBlockEncoder } from '../../src/data/events/block/encode-block.ts';

/** Writes batches as blocks of the event log to one file; returns where each begins, and the end. */
export function writeBlocks(file: string, batches: Iterable<EventBatch>): number[] {
  const encoder = createEventBlockEncoder();
  const handle = openSync(file, 'w');
  const places = [0];
  for (const { events } of batches) places.push(places.at(-1)! + writeSync(handle, encoder.encode(events, 0, events.length)));
  closeSync(handle);
  return places;
}

/** Reads and decodes the blocks of {@link writeBlocks}, one by one. */
export function* readBlocks(file: string, places: readonly number[]): Generator<EventBatch> {
  const handle = openSync(file, 'r');
  let firstOffset = 0;
  for (let block = 0; block + 1 < places.length; block++) {
    const bytes = Buffer.allocUnsafeSlow(places[block + 1]! - places[block]!);
    readSync(handle, bytes, 0, bytes.length, places[block]!);
    const events = openEventBlock(bytes).events();
    yield { firstOffset, events };
    firstOffset += events.length;
  }
  closeSync(handle);
}
