import type { Event } from '../../events/event.ts';
import { eventKeys } from '../event-keys.ts';
import { recordBytes } from '../store/record-memory.ts';
import type { FeatureStore } from '../store/feature-store.ts';

/** Every record of every active view, as text that two stores can be compared by, and how far each tells. */
export async function contentsOf(store: FeatureStore, events: Iterable<Event>): Promise<ReadonlyMap<string, string>> {
  const all = [...events];
  const contents = new Map<string, string>();
  for (const { fingerprint, declaration, checkpoint } of await store.views()) {
    const { name, entity } = declaration.view;
    contents.set(name, JSON.stringify(checkpoint));
    const keys = [...new Set(all.flatMap((event) => eventKeys(entity, event)))];
    await store.read(fingerprint, keys, () => (index, memory, length) => {
      contents.set(`${name}/${keys[index]!}`, recordBytes(memory, length).toString('base64'));
    });
  }
  return contents;
}

/** How many entries of two {@link contentsOf} differ. */
export function differencesOf(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): number {
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => left.get(key) !== right.get(key)).length;
}
