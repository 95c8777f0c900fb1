import { NisusError } from '../../base/error.ts';
import { printableText } from '../../base/printable-text.ts';

/** Thrown by {@link upsertOne} and its kin when the catalog refused the record. Code `CATALOG_REFUSED`. */
export class CatalogRefusedError extends NisusError {
  constructor(message: string, fields: { reason: string; field: string | null }) {
    super('CATALOG_REFUSED', message, { fields });
  }
}

/** Thrown when a batch has more records than one transaction takes. Code `CATALOG_BATCH_TOO_LARGE`. */
export class CatalogBatchTooLargeError extends NisusError {
  constructor(records: number, recordsMax: number) {
    super(
      'CATALOG_BATCH_TOO_LARGE',
      `The batch has ${records} records, a batch takes ${recordsMax}. Send several, or use loadCatalog, which cuts them.`,
      { fields: { records, recordsMax } },
    );
  }
}

/** Thrown when something is asked as of a version whose history was dropped. Code `CATALOG_HISTORY_DROPPED`. */
export class CatalogHistoryDroppedError extends NisusError {
  constructor(version: number, oldestVersion: number) {
    super(
      'CATALOG_HISTORY_DROPPED',
      `Version ${version} can no longer be told: history below ${oldestVersion} was dropped. Ask for version ${oldestVersion} or later.`,
      { fields: { version, oldestVersion } },
    );
  }
}

/** Thrown when a catalog is used after it was closed. Code `CATALOG_CLOSED`. */
export class CatalogClosedError extends NisusError {
  constructor() {
    super('CATALOG_CLOSED', 'The catalog was closed. Open it again with openCatalog.');
  }
}

/** Thrown when a catalog that was opened with `readOnly` is told to write. Code `CATALOG_READ_ONLY`. */
export class CatalogReadOnlyError extends NisusError {
  constructor(file: string) {
    super('CATALOG_READ_ONLY', `The catalog ${printableText(file)} was opened to read. Open it without readOnly to write.`, {
      fields: { file },
    });
  }
}

/** Thrown when a file cannot be opened as a catalog. Code `CATALOG_OPEN`. */
export class CatalogOpenError extends NisusError {
  constructor(file: string, problem: string, cause?: unknown) {
    super('CATALOG_OPEN', `Cannot open ${printableText(file)} as a catalog: ${printableText(problem)}.`, {
      fields: { file, problem },
      cause,
    });
  }
}

/** Thrown when the engine failed to read or write (disk full, file damaged); nothing of the batch was stored. Code `CATALOG_ENGINE`. */
export class CatalogEngineError extends NisusError {
  constructor(file: string, problem: string, cause: unknown) {
    super('CATALOG_ENGINE', `The catalog ${printableText(file)} failed: ${printableText(problem)}. Nothing of this call was stored.`, {
      fields: { file, problem },
      cause,
    });
  }
}
