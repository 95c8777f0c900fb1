/** Distinct lists of rule names, each under a number; one that nobody holds any more gives its number back. */
export interface RuleSets {
  /** Numbers given so far; all are below it. */
  count(): number;
  /** Names of all lists in the order of their numbers. They stay for good: there are as many as rules were ever named. */
  readonly names: readonly string[];
  numberOfName(name: string): number;
  /** The list's number; it is held once more. */
  hold(names: readonly string[]): number;
  release(set: number): void;
  /** Numbers of the names of a list, in its order. */
  namesOf(set: number): Int32Array;
}

/** A pool of lists of names, empty. */
export function createRuleSets(): RuleSets {
  const names: string[] = [];
  const numberOf = new Map<string, number>();
  const setOf = new Map<string, number>();
  const sets: { key: string; names: Int32Array; holders: number }[] = [];
  const free: number[] = [];

  function numberOfName(name: string): number {
    let number = numberOf.get(name);
    if (number === undefined) numberOf.set(name, (number = names.push(name) - 1));
    return number;
  }

  return {
    count: () => sets.length,
    names,
    numberOfName,
    hold(list) {
      const key = JSON.stringify(list);
      let set = setOf.get(key);
      if (set === undefined) {
        set = free.pop() ?? sets.length;
        sets[set] = { key, names: Int32Array.from(list, numberOfName), holders: 0 };
        setOf.set(key, set);
      }
      sets[set]!.holders++;
      return set;
    },
    release(set) {
      const held = sets[set]!;
      if (--held.holders > 0) return;
      setOf.delete(held.key);
      free.push(set);
    },
    namesOf: (set) => sets[set]!.names,
  };
}
