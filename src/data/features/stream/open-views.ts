import type { Logger } from '../../../base/logger.ts';
import type { FeatureView } from '../feature-declaration.ts';
import type { Checkpoint, FeatureStore, StoredView, ViewChange } from '../store/feature-store.ts';
import { compileView, stateFingerprint } from './compile-view.ts';
import type { StreamSettings } from './stream-settings.ts';
import { createViewRuntime, type ViewRuntime } from './view-runtime.ts';

/** Which views a stream works on, and how one takes another's place. */
export interface OpenViews {
  /** All that take events: the active ones, and those on their way to be. */
  runtimes(): readonly ViewRuntime[];
  /** Names that were declared but are not built as declared. */
  pending(): readonly string[];
  /** Takes in what backfills have made ready; true where there is any. */
  adopt(): Promise<boolean>;
  /** Lets views that have caught up take the place of those before them; returns changes for the same commit that says so. */
  settle(): readonly ViewChange[];
  /** Drops the state of those that were replaced, once the commit is there that says so. */
  dropRetired(): Promise<void>;
}

/** Where a view begins that knows nothing yet. */
export const NOTHING_CONSUMED: Omit<Checkpoint, 'status'> = { nextOffset: 0, receivedTimeMs: -Infinity, events: 0, late: 0 };

/** Opens the declared views as the store has them. */
export async function openViews(options: {
  readonly views: readonly FeatureView[];
  readonly store: FeatureStore;
  readonly settings: StreamSettings;
  readonly logger: Logger;
}): Promise<OpenViews> {
  const { views, store, settings, logger } = options;
  let runtimes: ViewRuntime[] = [];
  let retired: ViewChange[] = [];
  const pending = new Map<string, string>();

  const stored = await store.views();
  for (const { fingerprint, checkpoint } of stored) if (checkpoint.status === 'retired') await store.drop(fingerprint);
  const isNew = stored.length === 0;
  for (const view of views) {
    const fingerprint = stateFingerprint(view, settings.allowedLatenessMs);
    const active = stored.find(({ declaration, checkpoint }) => declaration.view.name === view.name && checkpoint.status === 'active');
    if (active === undefined && isNew) await begin(view);
    else if (active !== undefined) await resume(active);
    if (isNew || active?.fingerprint === fingerprint) continue;
    pending.set(view.name, fingerprint);
    logger.warn('A view of features is not built as declared; backfill it.', { view: view.name, kept: active?.fingerprint ?? null });
  }
  await adopt();

  async function begin(view: FeatureView): Promise<void> {
    const compiled = compileView(view, settings.allowedLatenessMs);
    const checkpoint: Checkpoint = { status: 'active', ...NOTHING_CONSUMED };
    const declaration = { view, allowedLatenessMs: settings.allowedLatenessMs, timeToLiveMs: settings.timeToLiveMs };
    await store.commit([{ fingerprint: compiled.fingerprint, checkpoint, declaration, keys: [], bytes: [] }]);
    runtimes.push(createViewRuntime(compiled, settings.timeToLiveMs, checkpoint));
  }

  async function resume({ fingerprint, declaration, checkpoint }: StoredView): Promise<void> {
    const { view, allowedLatenessMs } = declaration;
    runtimes.push(createViewRuntime(compileView(view, allowedLatenessMs), settings.timeToLiveMs, checkpoint));
    if (declaration.timeToLiveMs === settings.timeToLiveMs) return;
    await store.commit([
      { fingerprint, checkpoint, declaration: { ...declaration, timeToLiveMs: settings.timeToLiveMs }, keys: [], bytes: [] },
    ]);
  }

  async function adopt(): Promise<boolean> {
    const known = new Set(runtimes.map(({ compiled }) => compiled.fingerprint));
    let found = false;
    for (const view of await store.views()) {
      const { status } = view.checkpoint;
      const isNamed = runtimes.some(({ compiled }) => compiled.view.name === view.declaration.view.name);
      // Active without us: a backfill found nobody of that name to take over from. At the start those are views of others.
      const isOrphan = status === 'active' && !isNamed && pending.has(view.declaration.view.name);
      if (known.has(view.fingerprint) || (status !== 'ready' && !isOrphan)) continue;
      await resume(view);
      if (pending.get(view.declaration.view.name) === view.fingerprint) pending.delete(view.declaration.view.name);
      logger.info('A view of features was backfilled and is being taken over.', {
        view: view.declaration.view.name,
        fingerprint: view.fingerprint,
      });
      found = true;
    }
    return found;
  }

  function settle(): readonly ViewChange[] {
    for (const runtime of runtimes.filter(({ checkpoint }) => checkpoint.status === 'ready')) {
      const others = runtimes.filter(({ checkpoint }) => checkpoint.status === 'active');
      if (others.some(({ checkpoint }) => checkpoint.nextOffset > runtime.checkpoint.nextOffset)) continue;
      const before = others.find(({ compiled }) => compiled.view.name === runtime.compiled.view.name);
      runtime.checkpoint = { ...runtime.checkpoint, status: 'active' };
      if (before === undefined) continue;
      runtimes = runtimes.filter((each) => each !== before);
      const checkpoint: Checkpoint = { ...before.checkpoint, status: 'retired' };
      retired = [...retired, { fingerprint: before.compiled.fingerprint, checkpoint, keys: [], bytes: [] }];
    }
    return retired;
  }

  return {
    runtimes: () => runtimes,
    pending: () => [...pending.keys()],
    adopt,
    settle,
    async dropRetired() {
      for (const { fingerprint } of retired) await store.drop(fingerprint);
      retired = [];
    },
  };
}
