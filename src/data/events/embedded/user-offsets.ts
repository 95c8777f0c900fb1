import { openEventBlock } from '../block/decode-block.ts';
import { PAGES_MAX, type LogDatabase } from './log-database.ts';
import { createOpenSegment, userHash, type OpenSegment } from './open-segment.ts';
import { USER_ENTRY_WORDS } from './segment-pages.ts';
import { wordsOf } from './segment-list.ts';

/** Where the events of users stand. */
export interface OpenStretch {
  readonly firstOffset: number;
  readonly open: Pick<OpenSegment, 'count' | 'findUser'>;
}

/**
 * Offsets below `before` of events whose user has the hash of this one, latest first: from memory, then from sealed segments. Some
 * may be another user's, or of events that are gone.
 */
export function* offsetsOfUser(
  database: LogDatabase,
  openStretches: readonly OpenStretch[],
  userId: string,
  before: number,
): Generator<number, void> {
  const hash = userHash(userId);
  let oldestOpen = Infinity;
  for (const { firstOffset, open } of openStretches.toReversed()) {
    oldestOpen = firstOffset;
    let place = Math.min(open.count(), before - firstOffset);
    if (place <= 0) continue;
    for (place = open.findUser(hash, place); place >= 0; place = open.findUser(hash, place)) yield firstOffset + place;
  }
  const segments = database
    .prepare<[number, number], { id: number; first_offset: number; page_bits: number }>(
      'SELECT id, first_offset, page_bits FROM segment WHERE first_offset < ? AND first_offset < ? ORDER BY id DESC',
    )
    // One that was just sealed may stand on both sides.
    .all(Math.min(before, Number.MAX_SAFE_INTEGER), Math.min(oldestOpen, Number.MAX_SAFE_INTEGER));
  const readPage = database.prepare<[number], { data: Buffer }>('SELECT data FROM user_page WHERE key = ?');
  for (const { id, first_offset, page_bits } of segments) {
    const page = readPage.get(id * PAGES_MAX + (hash >>> (32 - page_bits)));
    if (page === undefined) continue;
    const words = wordsOf(page.data);
    for (let at = words.length - USER_ENTRY_WORDS; at >= 0; at -= USER_ENTRY_WORDS) {
      if (words[at] === hash && first_offset + words[at + 1]! < before) yield first_offset + words[at + 1]!;
    }
  }
}

/**
 * The index of users after the last sealed segment, for a process that only reads: it is made from the blocks, and goes on from
 * where it stood when it is asked again.
 */
export function createUserTail(database: LogDatabase, stretchEventsMax: number): () => readonly OpenStretch[] {
  let stretches: { readonly firstOffset: number; readonly open: OpenSegment }[] = [];
  let nextOffset = 0;
  const sealedEnd = database.prepare<[], number>('SELECT coalesce(max(first_offset + events), 0) FROM segment').pluck();
  const blocks = database.prepare<[number], { first_offset: number; data: Buffer }>(
    'SELECT first_offset, data FROM block_data WHERE first_offset >= ? ORDER BY first_offset',
  );
  return () => {
    const sealed = (sealedEnd.get() as number | undefined) ?? 0;
    stretches = stretches.filter(({ firstOffset, open }) => firstOffset + open.count() > sealed);
    nextOffset = Math.max(nextOffset, sealed);
    for (const { first_offset, data } of blocks.iterate(nextOffset)) {
      const block = openEventBlock(data);
      let last = stretches.at(-1);
      if (last === undefined || first_offset + block.count > last.firstOffset + last.open.capacity) {
        last = { firstOffset: first_offset, open: createOpenSegment(Math.max(stretchEventsMax, block.count)) };
        stretches.push(last);
      }
      last.open.skip(first_offset - last.firstOffset - last.open.count());
      const { places, textAt } = block.userPlaces();
      for (const place of places) last.open.addUser(place === 0 ? 0 : userHash(textAt(place)));
      nextOffset = first_offset + block.count;
    }
    return stretches;
  };
}
