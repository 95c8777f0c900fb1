import { PAGES_MAX, type LogDatabase } from './log-database.ts';
import { ID_WORDS } from './open-segment.ts';
import { buildIdFilter, pageBits, sortIntoPages, type SegmentPages } from './segment-pages.ts';
import type { WriterRequest } from './writer-messages.ts';

type Segment = Extract<WriterRequest, { kind: 'seal' }>;

/** Writes the index of segments, a piece at a time, so that batches can be written in between. */
export interface SegmentSealer {
  add(segment: Segment): void;
  isBusy(): boolean;
  /** The segment that is worked on. */
  current(): Segment;
  /** Does the next piece; at the end of a segment says what it was. Each piece is a transaction. */
  step(): { readonly pageBits: number; readonly idFilter: Uint32Array<ArrayBuffer> } | null;
  /** Leaves the current segment as it is: its pages are of no use without its row, and go when it is sealed anew. */
  giveUp(): void;
}

/** Pages of each kind in one transaction: about 1.5 MB. */
const STEP_PAGES = 256;

/** A sealer on a connection that may write. */
export function createSegmentSealer(database: LogDatabase): SegmentSealer {
  const insertIds = database.prepare('INSERT OR REPLACE INTO id_page VALUES (?, ?)');
  const insertUsers = database.prepare('INSERT OR REPLACE INTO user_page VALUES (?, ?)');
  const insertSegment = database.prepare('INSERT INTO segment VALUES (?, ?, ?, ?, ?)');
  const queue: Segment[] = [];
  let work: { readonly bits: number; readonly ids: SegmentPages; readonly users: SegmentPages; page: number } | null = null;

  const writePages = database.transaction((segment: Segment, from: number, to: number) => {
    for (let page = from; page < to; page++) {
      const key = segment.id * PAGES_MAX + page;
      const ids = pageBytes(work!.ids, page);
      const users = pageBytes(work!.users, page);
      if (ids.length > 0) insertIds.run(key, ids);
      if (users.length > 0) insertUsers.run(key, users);
    }
  });

  return {
    add: (segment) => void queue.push(segment),
    isBusy: () => queue.length > 0,
    current: () => queue[0]!,
    step() {
      const segment = queue[0]!;
      if (work === null) {
        const bits = pageBits(segment.events);
        work = {
          bits,
          ids: sortIntoPages(segment.ids, ID_WORDS, segment.events, bits),
          users: sortIntoPages(segment.users, 1, segment.events, bits),
          page: 0,
        };
        return null;
      }
      const pages = 1 << work.bits;
      if (work.page < pages) {
        const to = Math.min(pages, work.page + STEP_PAGES);
        writePages.immediate(segment, work.page, to);
        work.page = to;
        return null;
      }
      const idFilter = buildIdFilter(segment.ids, segment.events);
      insertSegment.run(segment.id, segment.firstOffset, segment.events, work.bits, Buffer.from(idFilter.buffer));
      const done = { pageBits: work.bits, idFilter };
      queue.shift();
      work = null;
      return done;
    },
    giveUp() {
      queue.shift();
      work = null;
    },
  };
}

function pageBytes({ words, starts }: SegmentPages, page: number): Buffer {
  const from = starts[page]!;
  return Buffer.from(words.buffer, words.byteOffset + from * 4, (starts[page + 1]! - from) * 4);
}
