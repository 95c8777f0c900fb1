import type { Arrivals } from '../arrival.ts';
import { PAGES_MAX, type LogDatabase } from './log-database.ts';
import type { NewBlock } from './writer-messages.ts';

/** Changes the blocks of a log. */
export interface BlockStore {
  /** Blocks and counters in one transaction: all of it is on the disk when the call returns, or none. */
  write(blocks: readonly NewBlock[], arrivals: Arrivals): void;
  /** Removes the blocks whose events all happened before a time, and the index of segments that are empty then. */
  dropBefore(timeMs: number): { readonly events: number; readonly segments: readonly number[] };
}

/** A store on a connection that may write. */
export function createBlockStore(database: LogDatabase): BlockStore {
  const insertBlock = database.prepare('INSERT INTO block VALUES (?, ?, ?, ?, ?, ?)');
  const insertData = database.prepare('INSERT INTO block_data VALUES (?, ?)');
  const updateArrivals = database.prepare(
    'UPDATE arrivals SET next_offset = ?, last_time_ms = ?, last_received_ms = ?, duplicates = ?, too_late = ?, in_future = ?, out_of_order = ?',
  );
  const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

  const write = database.transaction((blocks: readonly NewBlock[], arrivals: Arrivals) => {
    for (const block of blocks) {
      insertBlock.run(block.firstOffset, block.events, block.firstTimeMs, block.lastTimeMs, block.firstReceivedMs, block.lastReceivedMs);
      insertData.run(block.firstOffset, block.bytes);
    }
    updateArrivals.run(
      arrivals.nextOffset,
      finiteOrNull(arrivals.lastTimeMs),
      finiteOrNull(arrivals.lastReceivedTimeMs),
      arrivals.duplicates,
      arrivals.tooLate,
      arrivals.inFuture,
      arrivals.outOfOrder,
    );
  });

  const eventsBefore = database.prepare('SELECT coalesce(sum(events), 0) FROM block WHERE last_time_ms < ?').pluck();
  const deleteData = database.prepare(
    'DELETE FROM block_data WHERE first_offset IN (SELECT first_offset FROM block WHERE last_time_ms < ?)',
  );
  const deleteBlocks = database.prepare('DELETE FROM block WHERE last_time_ms < ?');
  const emptySegments = database
    .prepare(
      `SELECT id FROM segment AS s WHERE NOT EXISTS
         (SELECT 1 FROM block AS b WHERE b.first_offset >= s.first_offset AND b.first_offset < s.first_offset + s.events)`,
    )
    .pluck();
  const deletePages = ['id_page', 'user_page'].map((table) => database.prepare(`DELETE FROM ${table} WHERE key >= ? AND key < ?`));
  const deleteSegment = database.prepare('DELETE FROM segment WHERE id = ?');

  const dropBefore = database.transaction((timeMs: number) => {
    const events = eventsBefore.get(timeMs) as number;
    if (events === 0) return { events, segments: [] };
    deleteData.run(timeMs);
    deleteBlocks.run(timeMs);
    const segments = emptySegments.all() as number[];
    for (const id of segments) {
      for (const statement of deletePages) statement.run(id * PAGES_MAX, (id + 1) * PAGES_MAX);
      deleteSegment.run(id);
    }
    return { events, segments };
  });

  return { write: (blocks, arrivals) => write.immediate(blocks, arrivals), dropBefore: (timeMs) => dropBefore.immediate(timeMs) };
}
