import { TEXT_HASH, hashText } from './hash-text.ts';

/** Words of an id's hash that are kept. At 96 bits, two of a thousand million ids agree with a chance of 10⁻¹¹. */
export const ID_WORDS = 3;

/**
 * The index of the log's latest events, in memory: which ids there are, and which events each user has. Places count from the
 * segment's first offset. Hash chains in typed arrays: places are added at the end and taken back from the end, nothing else.
 *
 * The key arrays are shared memory, so that the writer's thread reads them where they are. Memory: 32 bytes an event, used as events
 * come.
 */
export interface OpenSegment {
  readonly capacity: number;
  count(): number;
  /** `[capacity, ID_WORDS]` */
  readonly ids: Uint32Array<SharedArrayBuffer>;
  /** `[capacity]`: first word of the hash of each event's user; events without a user have 0. */
  readonly users: Uint32Array<SharedArrayBuffer>;
  /** The latest place below `before` with the id that was just hashed; -1 where there is none. */
  findId(before: number): number;
  /** The latest place below `before` whose user has a hash; -1 where there is none. */
  findUser(hash: number, before: number): number;
  /** Adds the id that was just hashed. */
  addId(): void;
  /** Says who the next event without a user yet is of. Ids and users are added in the same order. */
  addUser(hash: number): void;
  /** Passes over places whose events are gone. */
  skip(places: number): void;
  /** Forgets every place from `count` on. */
  truncate(count: number): void;
}

/** An empty segment. */
export function createOpenSegment(capacity: number): OpenSegment {
  // Fresh shared memory is zero and costs nothing until it is touched.
  const words = (length: number) => new Uint32Array(new SharedArrayBuffer(length * 4));
  const headBits = Math.max(4, Math.ceil(Math.log2(capacity)));
  const shift = 32 - headBits;
  const ids = words(capacity * ID_WORDS);
  const users = words(capacity);
  // A head or a next is a place + 1; 0 ends the chain.
  const idHeads = words(1 << headBits);
  const idNexts = words(capacity);
  const userHeads = words(1 << headBits);
  const userNexts = words(capacity);
  let idCount = 0;
  let userCount = 0;
  return {
    capacity,
    count: () => Math.max(idCount, userCount),
    ids,
    users,
    findId(before) {
      const [first, second, third] = [TEXT_HASH[0]!, TEXT_HASH[1]!, TEXT_HASH[2]!];
      for (let at = idHeads[first >>> shift]!; at !== 0; at = idNexts[at - 1]!) {
        const key = (at - 1) * ID_WORDS;
        if (at <= before && ids[key] === first && ids[key + 1] === second && ids[key + 2] === third) return at - 1;
      }
      return -1;
    },
    findUser(hash, before) {
      // From a place of the same user one goes on where it stands; else from the head.
      const known = before < userCount && users[before] === hash;
      for (let at = known ? userNexts[before]! : userHeads[hash >>> shift]!; at !== 0; at = userNexts[at - 1]!) {
        if (at <= before && users[at - 1] === hash) return at - 1;
      }
      return -1;
    },
    addId() {
      const key = idCount * ID_WORDS;
      const head = TEXT_HASH[0]! >>> shift;
      ids[key] = TEXT_HASH[0]!;
      ids[key + 1] = TEXT_HASH[1]!;
      ids[key + 2] = TEXT_HASH[2]!;
      idNexts[idCount] = idHeads[head]!;
      idHeads[head] = ++idCount;
    },
    addUser(hash) {
      const head = hash >>> shift;
      users[userCount] = hash;
      if (hash === 0) {
        userCount++;
        return;
      }
      userNexts[userCount] = userHeads[head]!;
      userHeads[head] = ++userCount;
    },
    skip(places) {
      ids.fill(0, idCount * ID_WORDS, (idCount + places) * ID_WORDS);
      users.fill(0, userCount, userCount + places);
      idCount += places;
      userCount += places;
    },
    truncate(count) {
      while (idCount > count) {
        idCount--;
        idHeads[ids[idCount * ID_WORDS]! >>> shift] = idNexts[idCount]!;
      }
      while (userCount > count) {
        userCount--;
        if (users[userCount] === 0) continue;
        userHeads[users[userCount]! >>> shift] = userNexts[userCount]!;
      }
    },
  };
}

/** The hash of a user by which events are found; 0 for none. */
export function userHash(userId: string | null): number {
  if (userId === null) return 0;
  hashText(userId);
  // 0 means no user, so a hash that happens to be 0 gives way.
  return TEXT_HASH[0]! === 0 ? 1 : TEXT_HASH[0]!;
}
