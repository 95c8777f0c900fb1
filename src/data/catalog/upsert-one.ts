import { CatalogRefusedError } from './catalog-errors.ts';
import type { Catalog, CatalogUpsert } from './catalog.ts';
import type { SubjectKind } from '../events/event-actions.ts';
import { subjectKey } from './catalog-record.ts';
import type { Lifecycle } from './subject-record.ts';

/**
 * Writes one record and returns its version.
 *
 * @throws {CatalogRefusedError} with the catalog's reason, where a batch would have told it as a result
 */
export async function upsertOne(catalog: Catalog, upsert: CatalogUpsert): Promise<number> {
  const [result] = await catalog.upsert([upsert]);
  if (result!.outcome !== 'refused') return result!.version;
  throw new CatalogRefusedError(result!.message, { reason: result!.reason, field: result!.field });
}

/**
 * Moves a subject to another lifecycle and leaves the rest of it as it is. Where somebody else writes the subject
 * meanwhile, it is refused rather than overwritten.
 *
 * @param options.reinstate Needed for `retired → live`.
 * @returns the subject's version
 * @throws {CatalogRefusedError} for a way that is not open, or a subject that is not there
 */
export async function moveSubject(
  catalog: Catalog,
  subject: { readonly kind: SubjectKind; readonly id: string },
  lifecycle: Lifecycle,
  options: { readonly reinstate?: boolean } = {},
): Promise<number> {
  const key = subjectKey(subject.kind, subject.id);
  const [found] = await catalog.get('subject', [key]);
  if (found == null)
    throw new CatalogRefusedError(`subject "${key}" is not in the catalog; write it first`, { reason: 'missing', field: null });
  return upsertOne(catalog, { type: 'subject', record: { ...found.record, lifecycle }, expectedVersion: found.version, ...options });
}
