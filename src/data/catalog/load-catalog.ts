import { UPSERT_BATCH_MAX } from './catalog.ts';
import type { Catalog, CatalogUpsert, UpsertResult } from './catalog.ts';

/** How a load goes. */
export interface LoadOptions {
  /** Records of one transaction; from 1 to {@link UPSERT_BATCH_MAX}. @default 10000 */
  readonly batchRecords?: number;
  /** How many refusals are kept with their reasons; all are counted. @default 100 */
  readonly refusalsMax?: number;
  /** Called after each batch is on the disk. */
  readonly onProgress?: (soFar: LoadReport) => void;
}

/** What a load did. */
export interface LoadReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  /** The first ones, by their place in the source from 0. */
  readonly refusals: readonly { readonly index: number; readonly result: Extract<UpsertResult, { outcome: 'refused' }> }[];
}

/**
 * Loads records of any number, a batch at a time; the source is never held whole. Loading the same again changes
 * nothing, so a load that broke off is simply started again.
 *
 * @throws whatever {@link Catalog.upsert} throws; batches before it stay
 */
export async function loadCatalog(
  catalog: Catalog,
  source: Iterable<CatalogUpsert> | AsyncIterable<CatalogUpsert>,
  options: LoadOptions = {},
): Promise<LoadReport> {
  const batchRecords = Math.max(1, Math.min(UPSERT_BATCH_MAX, options.batchRecords ?? UPSERT_BATCH_MAX));
  const refusalsMax = options.refusalsMax ?? 100;
  const report = { created: 0, updated: 0, unchanged: 0, refused: 0, refusals: [] as { index: number; result: Refused }[] };
  let batch: CatalogUpsert[] = [];
  let start = 0;

  async function write(): Promise<void> {
    const results = await catalog.upsert(batch);
    for (const [at, result] of results.entries()) {
      report[result.outcome]++;
      if (result.outcome === 'refused' && report.refusals.length < refusalsMax) report.refusals.push({ index: start + at, result });
    }
    start += batch.length;
    batch = [];
    options.onProgress?.({ ...report, refusals: [...report.refusals] });
  }

  if (Symbol.asyncIterator in source) {
    for await (const upsert of source) if (batch.push(upsert) === batchRecords) await write();
  } else {
    // A plain source is not waited for record by record.
    for (const upsert of source) if (batch.push(upsert) === batchRecords) await write();
  }
  if (batch.length > 0) await write();
  return report;
}

type Refused = Extract<UpsertResult, { outcome: 'refused' }>;
