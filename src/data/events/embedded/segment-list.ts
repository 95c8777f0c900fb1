import { openEventBlock } from '../block/decode-block.ts';
import { EventNotStorableError } from '../block/block-errors.ts';
import type { Event } from '../event.ts';
import type { KnownIds } from '../arrival.ts';
import { hashText, TEXT_HASH } from './hash-text.ts';
import { PAGES_MAX, type LogDatabase } from './log-database.ts';
import { createOpenSegment, userHash, type OpenSegment } from './open-segment.ts';
import { findIdInPage, mayHaveId } from './segment-pages.ts';
import type { WriterRequest } from './writer-messages.ts';

/** A stretch of offsets and the index of its events: in memory as long as it is `open`, then on disk with a filter in memory. */
interface Segment {
  id: number;
  readonly firstOffset: number;
  open: OpenSegment | null;
  sealed: { readonly pageBits: number; readonly idFilter: Uint32Array } | null;
}

/** Which ids and users the whole log has. */
export interface SegmentList extends KnownIds {
  /** Room for that many events in one segment, from an offset on: begins a new one where the last has not enough. */
  makeRoom(nextOffset: number, events: number): void;
  /** Says whose the accepted events are. */
  addUsers(events: readonly Event[]): void;
  /** Segments in memory, oldest first. */
  openSegments(): readonly { readonly firstOffset: number; readonly open: OpenSegment }[];
  /** Where the list stands now; the function that is returned takes everything back that was added since. */
  mark(): () => void;
  /** The segment that can be sealed once everything below `durableOffset` is on the disk: the oldest that is full. */
  toSeal(durableOffset: number): Extract<WriterRequest, { kind: 'seal' }> | null;
  /** What became of {@link SegmentList.toSeal}; null where it failed, then it comes again. */
  sealed(id: number, index: { readonly pageBits: number; readonly idFilter: Uint32Array } | null): void;
  dropped(ids: readonly number[]): void;
}

interface SegmentRow {
  readonly id: number;
  readonly first_offset: number;
  readonly events: number;
  readonly page_bits: number;
  readonly id_filter: Buffer;
}

/**
 * Opens the index of a log: sealed segments from the disk, what came after them from its blocks (about 0.5 s a million events).
 *
 * @param exists whether the event of an offset is still there
 */
export function openSegmentList(database: LogDatabase, segmentEventsMax: number, exists: (offset: number) => boolean): SegmentList {
  const rows = database.prepare<[], SegmentRow>('SELECT * FROM segment ORDER BY id').all();
  const segments: Segment[] = rows.map((row) => ({
    id: row.id,
    firstOffset: row.first_offset,
    open: null,
    sealed: { pageBits: row.page_bits, idFilter: wordsOf(row.id_filter) },
  }));
  const lastRow = rows.at(-1);
  const readPage = database.prepare<[number], Buffer>('SELECT data FROM id_page WHERE key = ?').pluck() as unknown as {
    get(key: number): Buffer | undefined;
  };
  let sealing = false;

  function begin(firstOffset: number, capacity: number): OpenSegment {
    const open = createOpenSegment(capacity);
    segments.push({ id: (segments.at(-1)?.id ?? 0) + 1, firstOffset, open, sealed: null });
    return open;
  }

  function makeRoom(nextOffset: number, events: number): OpenSegment {
    const last = segments.at(-1);
    const open = last?.open ?? null;
    if (last === undefined || open === null) return begin(nextOffset, Math.max(segmentEventsMax, events));
    const gap = nextOffset - last.firstOffset - open.count();
    if (open.count() + gap + events > open.capacity) return begin(nextOffset, Math.max(segmentEventsMax, events));
    if (gap > 0) open.skip(gap);
    return open;
  }

  function findIn(segment: Segment): boolean {
    const find = finderOf(segment);
    if (find === null) return false;
    for (let place = find(Infinity); place >= 0; place = find(place)) if (exists(segment.firstOffset + place)) return true;
    return false;
  }

  function finderOf({ id, open, sealed }: Segment): ((before: number) => number) | null {
    if (open !== null) return (before) => open.findId(before);
    if (sealed === null || !mayHaveId(sealed.idFilter, TEXT_HASH)) return null;
    const page = readPage.get(id * PAGES_MAX + (TEXT_HASH[0]! >>> (32 - sealed.pageBits)));
    if (page === undefined) return null;
    const words = wordsOf(page);
    return (before) => findIdInPage(words, TEXT_HASH, before);
  }

  const rest = database.prepare<[number], { first_offset: number; data: Buffer }>(
    'SELECT first_offset, data FROM block_data WHERE first_offset >= ? ORDER BY first_offset',
  );
  for (const { first_offset, data } of rest.iterate(lastRow === undefined ? 0 : lastRow.first_offset + lastRow.events)) {
    const block = openEventBlock(data);
    const open = makeRoom(first_offset, block.count);
    for (const id of block.ids()) {
      hashText(id);
      open.addId();
    }
    const { places, textAt } = block.userPlaces();
    const hashes = new Map<number, number>([[0, 0]]);
    for (const place of places) {
      let hash = hashes.get(place);
      if (hash === undefined) hashes.set(place, (hash = userHash(textAt(place))));
      open.addUser(hash);
    }
  }

  return {
    has(id) {
      if (typeof id !== 'string' || id === '') throw new EventNotStorableError('id', id, 'a text that is not empty');
      hashText(id);
      for (let at = segments.length - 1; at >= 0; at--) if (findIn(segments[at]!)) return true;
      return false;
    },
    add: () => segments.at(-1)!.open!.addId(),
    makeRoom: (nextOffset, events) => void makeRoom(nextOffset, events),
    addUsers(events) {
      const open = segments.at(-1)!.open!;
      for (const event of events) open.addUser(userHash(event.userId));
    },
    openSegments: () => segments.filter((segment): segment is Segment & { open: OpenSegment } => segment.open !== null),
    mark() {
      const last = segments.at(-1);
      const id = last?.id ?? 0;
      const count = last?.open?.count() ?? 0;
      return () => {
        while ((segments.at(-1)?.id ?? 0) > id) segments.pop();
        last?.open?.truncate(count);
      };
    },
    toSeal(durableOffset) {
      const at = segments.findIndex((segment) => segment.open !== null);
      const [oldest, next] = [segments[at], segments[at + 1]];
      if (sealing || oldest === undefined || next === undefined || next.firstOffset > durableOffset) return null;
      sealing = true;
      const open = oldest.open!;
      return { kind: 'seal', id: oldest.id, firstOffset: oldest.firstOffset, events: open.count(), ids: open.ids, users: open.users };
    },
    sealed(id, index) {
      sealing = false;
      const segment = segments.find((candidate) => candidate.id === id);
      if (index === null || segment === undefined) return;
      segment.sealed = index;
      segment.open = null;
    },
    dropped(ids) {
      for (const id of ids) {
        const at = segments.findIndex((segment) => segment.id === id);
        if (at >= 0) segments.splice(at, 1);
      }
    },
  };
}

/** Bytes from the database as words, copied only where they are not aligned. */
export function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
