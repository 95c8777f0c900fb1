import type { Catalog, CatalogUpsert } from '../../data/catalog/catalog.ts';
import { loadCatalog } from '../../data/catalog/load-catalog.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import type { World } from '../../world/create-world.ts';

/** Writes what exists in a world at the moment: rules, users, subjects. Doing it again changes nothing. */
export async function loadWorldCatalog(catalog: Catalog, world: World): Promise<void> {
  await loadCatalog(catalog, recordsOf(world));
}

/** Writes subjects that came, changed or retired. */
export async function upsertSubjects(catalog: Catalog, subjects: readonly SubjectRecord[]): Promise<void> {
  await loadCatalog(
    catalog,
    subjects.map((record) => ({ type: 'subject', record }) as const),
  );
}

function* recordsOf(world: World): Generator<CatalogUpsert> {
  const rulesByName = Map.groupBy(world.eligibilityRules, ({ name }) => name);
  for (const [name, rules] of rulesByName) yield { type: 'rule-set', record: { name, rules } };
  for (const record of world.users()) yield { type: 'user', record };
  for (const record of world.subjects()) yield { type: 'subject', record };
}
