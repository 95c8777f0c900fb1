import { grown } from './grown.ts';

/** Distinct lists of rule names, one after another in a pool; one that nobody holds any more makes room for another. */
export interface NameLists {
  /** All names, each at its number. They stay for good: there are as many as rules were ever named. */
  readonly names: readonly string[];
  numberOfName(name: string): number;
  /** Where the list begins in the pool; it is held once more. */
  hold(names: readonly string[]): number;
  release(start: number): void;
  /** Numbers of names; each list ends with -1. Another array after a list was added. */
  pool(): Int32Array;
}

/** No list yet. */
export function createNameLists(): NameLists {
  const names: string[] = [];
  const numberOf = new Map<string, number>();
  const lists = new Map<string, { readonly start: number; holders: number }>();
  const keyAt = new Map<number, string>();
  /** Starts of lists that were let go, by length: a list fits where one of its length was. */
  const free = new Map<number, number[]>();
  let pool = new Int32Array(4096);
  let used = 0;

  function numberOfName(name: string): number {
    let number = numberOf.get(name);
    if (number === undefined) numberOf.set(name, (number = names.push(name) - 1));
    return number;
  }

  function write(list: readonly string[]): number {
    const start = free.get(list.length)?.pop() ?? used;
    if (start === used) {
      used += list.length + 1;
      while (used > pool.length) pool = grown(pool);
    }
    for (let at = 0; at < list.length; at++) pool[start + at] = numberOfName(list[at]!);
    pool[start + list.length] = -1;
    return start;
  }

  return {
    names,
    numberOfName,
    hold(list) {
      const key = JSON.stringify(list);
      let held = lists.get(key);
      if (held === undefined) {
        held = { start: write(list), holders: 0 };
        lists.set(key, held);
        keyAt.set(held.start, key);
      }
      held.holders++;
      return held.start;
    },
    release(start) {
      const key = keyAt.get(start)!;
      const held = lists.get(key)!;
      if (--held.holders > 0) return;
      lists.delete(key);
      keyAt.delete(start);
      let length = 0;
      while (pool[start + length]! >= 0) length++;
      const starts = free.get(length);
      if (starts === undefined) free.set(length, [start]);
      else starts.push(start);
    },
    pool: () => pool,
  };
}
