import { definitionFingerprint } from '../../data/features/feature-fingerprint.ts';
import type { FeatureView } from '../../data/features/feature-declaration.ts';
import type { Checkpoint, FeatureStore, StoredView } from '../../data/features/store/feature-store.ts';

/** How a declared view stands in a store. */
export interface ViewState {
  /**
   * `built`: every feature can be read. `changed`: an older declaration of the view is built, and some features of this one
   * are not. `building`: a backfill is at it. `ready`: built, and waits for a stream to take it over. `missing`: not there.
   */
  readonly status: 'built' | 'changed' | 'building' | 'ready' | 'missing';
  /** Features that cannot be read yet. */
  readonly lacking: readonly string[];
  /** Of what is read now, or else of what is being built; null where there is neither. */
  readonly checkpoint: Checkpoint | null;
  /** Keys that have a record. */
  readonly records: number;
}

/** How declared views stand in a store, in their order. */
export async function viewStates(views: readonly FeatureView[], store: FeatureStore | null): Promise<readonly ViewState[]> {
  if (store === null)
    return views.map((view) => ({ status: 'missing', lacking: Object.keys(view.features), checkpoint: null, records: 0 }));
  const stored = await store.views();
  return await Promise.all(views.map((view) => stateOf(view, stored, store)));
}

async function stateOf(view: FeatureView, stored: readonly StoredView[], store: FeatureStore): Promise<ViewState> {
  const ofName = stored.filter(({ declaration }) => declaration.view.name === view.name);
  const active = ofName.find(({ checkpoint }) => checkpoint.status === 'active');
  const lacking = lackingIn(view, active?.declaration.view ?? null);
  const coming = ofName.find(
    ({ checkpoint, declaration }) =>
      (checkpoint.status === 'building' || checkpoint.status === 'ready') && lackingIn(view, declaration.view).length === 0,
  );
  const seen = active ?? coming ?? null;
  const status =
    active !== undefined && lacking.length === 0
      ? 'built'
      : coming !== undefined
        ? (coming.checkpoint.status as 'building' | 'ready')
        : active === undefined
          ? 'missing'
          : 'changed';
  const records = seen === null ? 0 : await store.countRecords(seen.fingerprint);
  return { status, lacking, checkpoint: seen?.checkpoint ?? null, records };
}

/** What a reader of the one declaration would not find in the other. */
function lackingIn(view: FeatureView, built: FeatureView | null): readonly string[] {
  const names = Object.keys(view.features);
  if (built === null || built.entity !== view.entity) return names;
  const same = (name: string) => {
    const other = built.features[name];
    return other !== undefined && definitionFingerprint(other) === definitionFingerprint(view.features[name]!);
  };
  return names.filter((name) => !same(name));
}
