import { CATALOG_PAGE_MAX } from '../catalog.ts';
import type { Catalog } from '../catalog.ts';
import type { EligibilityRule } from '../eligibility-rule.ts';
import { compileEligibility } from './compile-eligibility.ts';
import type { EligibilityChecker, EligibilitySubject } from './compile-eligibility.ts';

/**
 * The eligibility check of a catalog as it stands. To keep it so, give it the changes of `followChanges` from its own
 * `version()` on.
 *
 * Cost: reads all rules and subjects once, some 100,000 a second.
 */
export async function catalogEligibility(catalog: Catalog): Promise<EligibilityChecker> {
  // What is written while the pages are read is taken in again below; taking a change in twice changes nothing.
  const version = await catalog.version();
  const rules: EligibilityRule[] = [];
  for await (const { record } of everything(catalog, 'rule-set')) rules.push(...record.rules);
  const subjects: EligibilitySubject[] = [];
  for await (const { record } of everything(catalog, 'subject')) {
    const { kind, id, lifecycle, eligibilityRules } = record;
    subjects.push({ kind, id, lifecycle, eligibilityRules });
  }
  const checker = compileEligibility(rules, subjects);
  // The change of that version is in the pages; it only tells the checker how far it has come.
  checker.apply(await catalog.changesSince(version - 1, 1));
  for (let since = version; ;) {
    const changes = await catalog.changesSince(since, CATALOG_PAGE_MAX);
    if (changes.length === 0) return checker;
    checker.apply(changes);
    since = changes.at(-1)!.version;
  }
}

async function* everything<Type extends 'rule-set' | 'subject'>(catalog: Catalog, type: Type) {
  for (let after: string | undefined; ;) {
    const page = await catalog.list(type, { limit: 1000, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length === 0) return;
    after = page.at(-1)!.key;
  }
}
