import { createMemoryCatalog } from './memory-catalog.ts';
import { describeCatalog } from './catalog-suite.fixture.ts';

describeCatalog('catalog in memory', async (clock) => createMemoryCatalog({ clock }));
