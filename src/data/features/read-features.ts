import type { FeatureView } from './feature-declaration.ts';
import { FeaturesNotBuiltError } from './feature-errors.ts';
import { definitionFingerprint } from './feature-fingerprint.ts';
import type { FeatureName, FeatureTable } from './feature-table.ts';
import type { Checkpoint, FeatureStore } from './store/feature-store.ts';
import { compileView, type CompiledFeature, type CompiledView } from './stream/compile-view.ts';
import { createTableFiller, type TableFiller } from './stream/fill-table.ts';
import { createStoredRecord } from './stream/stored-record.ts';

/** Reads features of one store. Finds out once what is built, and again when that changed. */
export interface FeatureReader {
  /**
   * Values of many keys at a moment, as of one commit of the store. Keys without events, and those untouched for the
   * time to live, have the values of no events. Cost with LMDB: 1 to 3 µs a key.
   *
   * What is read is the active view *of the name*: a reader goes on over a backfill that adds features, and finds added
   * ones as soon as they are built.
   *
   * @throws {FeaturesNotBuiltError} where the store lacks the view, or one of the features as declared
   */
  read<V extends FeatureView, N extends FeatureName<V> = FeatureName<V>>(
    view: V,
    keys: readonly string[],
    options: ReadFeaturesOptions<N>,
  ): Promise<FeatureTable<V, N>>;
}

/** What to read. */
export interface ReadFeaturesOptions<N extends string> {
  /** The moment, milliseconds since the epoch. Raised to just after the last event consumed. */
  readonly atMs: number;
  /** @default all of the view */
  readonly features?: readonly N[];
}

/** A view as it is built, and how to read it. */
interface BuiltView {
  readonly compiled: CompiledView;
  readonly timeToLiveMs: number | null;
  /** By the reader's view and its list of features, found once each. */
  readonly chosen: WeakMap<object, readonly CompiledFeature[]>;
}

/** Makes a reader. Several may share a store. */
export function createFeatureReader(store: FeatureStore): FeatureReader {
  const built = new Map<string, BuiltView>();

  async function find(name: string): Promise<BuiltView | null> {
    const stored = (await store.views()).find(
      ({ declaration, checkpoint }) => declaration.view.name === name && checkpoint.status === 'active',
    );
    if (stored === undefined) return null;
    const { view, allowedLatenessMs, timeToLiveMs } = stored.declaration;
    const found = { compiled: compileView(view, allowedLatenessMs), timeToLiveMs, chosen: new WeakMap() };
    built.set(name, found);
    return found;
  }

  async function attempt(from: BuiltView, view: FeatureView, keys: readonly string[], options: ReadFeaturesOptions<string>) {
    const features = chooseFeatures(from, view, options.features);
    const record = createStoredRecord(from.compiled.layout);
    let filler: TableFiller | null = null;
    await store.read(from.compiled.fingerprint, keys, (checkpoint: Checkpoint) => {
      if (checkpoint.status !== 'active') return () => {}; // Another took its place since we looked.
      const filling = createTableFiller(from.compiled, { features, keys, atMs: options.atMs, checkpoint, timeToLiveMs: from.timeToLiveMs });
      filler = filling;
      return (index, memory) => {
        record.moveTo(memory);
        filling.fill(index, record.view);
      };
    });
    return (filler as TableFiller | null)?.finish() ?? null;
  }

  async function read(view: FeatureView, keys: readonly string[], options: ReadFeaturesOptions<string>): Promise<FeatureTable> {
    for (;;) {
      const known = built.get(view.name) ?? (await find(view.name));
      if (known === null) throw new FeaturesNotBuiltError(view.name, []);
      const table = await attempt(known, view, keys, options).catch(async (error: unknown) => {
        // What we know may be old: the features may have been added since.
        if (!(error instanceof FeaturesNotBuiltError) || !(await isReplaced(known))) throw error;
        return null;
      });
      if (table !== null) return table;
      built.delete(view.name);
    }
  }

  async function isReplaced(known: BuiltView): Promise<boolean> {
    const current = await find(known.compiled.view.name);
    return current !== null && current.compiled.fingerprint !== known.compiled.fingerprint;
  }

  return { read: read as FeatureReader['read'] };
}

/** The built features that a view's declaration asks for. @throws {FeaturesNotBuiltError} */
export function chooseFeatures(
  { compiled, chosen }: { readonly compiled: CompiledView; readonly chosen: WeakMap<object, readonly CompiledFeature[]> },
  view: FeatureView,
  names: readonly string[] | undefined,
): readonly CompiledFeature[] {
  const known = chosen.get(names ?? view);
  if (known !== undefined) return known;
  const wanted = names ?? Object.keys(view.features);
  const byName = new Map(compiled.features.map((feature) => [feature.name, feature]));
  const isSame = (name: string) => {
    const feature = byName.get(name);
    const declared = view.features[name];
    if (feature === undefined || declared === undefined || view.entity !== compiled.view.entity) return false;
    return definitionFingerprint(feature.definition) === definitionFingerprint(declared);
  };
  const missing = wanted.filter((name) => !isSame(name));
  if (missing.length > 0) throw new FeaturesNotBuiltError(view.name, missing);
  const features = wanted.map((name) => byName.get(name)!);
  chosen.set(names ?? view, features);
  return features;
}
