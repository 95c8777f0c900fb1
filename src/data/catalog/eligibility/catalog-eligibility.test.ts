import { expect, it } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import { upsertOf } from '../catalog-records.fixture.ts';
import type { Catalog } from '../catalog.ts';
import { loadCatalog } from '../load-catalog.ts';
import { createMemoryCatalog } from '../memory-catalog.ts';
import { catalogEligibility } from './catalog-eligibility.ts';

it('compiles a whole catalog, with what is written while it is read, and goes on from its version', async () => {
  const catalog = createMemoryCatalog({ clock: manualClock() });
  const subjects = Array.from({ length: 2500 }, (_, at) => upsertOf.subject(`${at}`, { eligibilityRules: at % 2 === 0 ? ['kyc'] : [] }));
  await loadCatalog(catalog, [upsertOf.rules('kyc'), ...subjects]);
  let pages = 0;
  const busy: Catalog = {
    ...catalog,
    async list(type, page) {
      const found = await catalog.list(type, page);
      // Written behind the pages that were read already.
      if (type === 'subject' && ++pages === 2) {
        await catalog.upsert([upsertOf.subject('0', { lifecycle: 'retired' }), upsertOf.rules('kyc', { reasonCode: 'NEW' })]);
      }
      return found;
    },
  };
  const checker = await catalogEligibility(busy);
  const codes = () => checker.checkKeys(null, 5, ['content:0', 'content:1', 'content:2', 'content:none']).map((found) => found?.reasonCode);
  expect(codes()).toEqual(['SUBJECT_RETIRED', undefined, 'NEW', 'SUBJECT_UNKNOWN']);
  expect([checker.version(), checker.subjectCount]).toEqual([2503, 2500]);
  await catalog.upsert([upsertOf.subject('none')]);
  checker.apply(await catalog.changesSince(checker.version(), 10));
  expect(codes()).toEqual(['SUBJECT_RETIRED', undefined, 'NEW', undefined]);
});
