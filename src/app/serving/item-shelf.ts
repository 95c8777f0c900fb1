import type { Catalog } from '../../data/catalog/catalog.ts';
import type { CatalogChange, Versioned } from '../../data/catalog/catalog-record.ts';
import { SUBJECT_KINDS } from '../../data/events/event-actions.ts';

/** Which of a model's items may be shown now, by the catalog. */
export interface ItemShelf {
  /** Reads every live subject once. */
  learnAll(catalog: Catalog): Promise<void>;
  /** Takes a change in. */
  learn(change: CatalogChange): void;
  /** Version of the catalog that the shelf tells of. */
  version(): number;
  /** Indices of items whose subject is a draft, retired or not in the catalog. */
  unavailable(): Int32Array;
}

const PAGE_SUBJECTS = 10_000;

/** A shelf of nothing: every item is unavailable until its subject is learnt. @param itemIds `kind:id` by index */
export function createItemShelf(itemIds: readonly string[]): ItemShelf {
  const indices = new Map(itemIds.map((id, index) => [id, index]));
  const isLive = new Uint8Array(itemIds.length);
  let version = 0;
  let unavailable: Int32Array | null = null;

  function place({ key, record }: Versioned<'subject'>): void {
    const index = indices.get(key);
    const live = record.lifecycle === 'live' ? 1 : 0;
    if (index === undefined || isLive[index] === live) return;
    isLive[index] = live;
    unavailable = null;
  }

  return {
    async learnAll(catalog) {
      // Read before the pages, so that a change meanwhile is learnt again rather than missed.
      version = await catalog.version();
      for (const kind of SUBJECT_KINDS) {
        let after: string | undefined;
        for (;;) {
          const page = await catalog.listLive(kind, { limit: PAGE_SUBJECTS, ...(after === undefined ? {} : { after }) });
          page.forEach(place);
          if (page.length < PAGE_SUBJECTS) break;
          after = page.at(-1)!.key;
        }
      }
    },
    learn(change) {
      version = change.version;
      if (change.type === 'subject') place(change);
    },
    version: () => version,
    unavailable: () => (unavailable ??= Int32Array.from(isLive.keys().filter((index) => isLive[index] === 0))),
  };
}
