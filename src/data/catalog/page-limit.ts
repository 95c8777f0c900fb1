import { CATALOG_PAGE_MAX } from './catalog.ts';

/** A limit within 1 and {@link CATALOG_PAGE_MAX}. */
export function pageLimit(limit: number): number {
  return Math.max(1, Math.min(CATALOG_PAGE_MAX, Math.floor(limit)));
}
