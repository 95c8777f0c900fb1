import { silentLogger } from '../../base/logger.ts';
import type { EventLog } from '../events/event-log.ts';
import { passesFilter } from './event-filter.ts';
import { eventKeys } from './event-keys.ts';
import type { FeatureDefinition, FeatureView, FeatureWindow } from './feature-declaration.ts';
import type { FeatureStore } from './store/feature-store.ts';
import { createMemoryFeatureStore } from './store/memory-feature-store.ts';
import { measuresOf } from './stream/compile-view.ts';
import { createFeatureStream } from './stream/create-feature-stream.ts';

/** Something about a declaration that a log makes doubtful. */
export interface FeatureFinding {
  readonly view: string;
  /** Null: the view as a whole. */
  readonly feature: string | null;
  readonly code: 'no-keys' | 'no-events' | 'one-pane' | 'many-panes' | 'too-short-panes';
  readonly message: string;
}

/** What a view would cost, by a sample of the log. */
export interface FeatureCost {
  readonly view: string;
  readonly features: number;
  /** Keys met in the sample. */
  readonly keys: number;
  /** Bytes of state a key, on average. */
  readonly bytesPerKey: number;
  /** Records that an event touches, on average. */
  readonly recordsPerEvent: number;
}

/** What {@link validateFeatures} found. */
export interface FeatureValidation {
  readonly findings: readonly FeatureFinding[];
  readonly costs: readonly FeatureCost[];
  readonly eventsSampled: number;
}

/** Panes of a window from which on a busy key takes more than 4 KB for one feature. */
const MANY_PANES = 256;

/**
 * Holds declarations against a log: features that no event feeds, views whose key no event has, windows whose panes are
 * fewer or more than is sensible, and what each view costs. Looks at the last `eventsMax` events.
 *
 * @throws {FeatureDeclarationError} where a declaration is wrong in itself
 */
export async function validateFeatures(
  views: readonly FeatureView[],
  log: EventLog,
  options: { readonly eventsMax?: number; readonly signal?: AbortSignal } = {},
): Promise<FeatureValidation> {
  const { eventsMax = 100_000 } = options;
  const { store, bytesOf } = measuringStore();
  const stream = await createFeatureStream({ views, store, settings: { timeToLiveMs: null }, logger: silentLogger });
  const fed = new Map<string, number>();
  const touched = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by);
  const { firstOffset, nextOffset } = await log.statistics();
  let events = 0;
  for await (const batch of log.read(Math.max(firstOffset, nextOffset - eventsMax))) {
    if (options.signal?.aborted === true) break;
    await stream.consume(batch);
    events += batch.events.length;
    for (const event of batch.events) {
      for (const view of views) {
        const keys = eventKeys(view.entity, event).length;
        if (keys === 0) continue;
        add(touched, view.name, keys);
        for (const [name, definition] of Object.entries(view.features)) {
          for (const { where, of } of measuresOf(definition)) {
            if (passesFilter(where, event) && (of === 'one' || event[of] !== null)) add(fed, `${view.name}.${name}`, 1);
          }
        }
      }
    }
  }
  await stream.close();

  const findings: FeatureFinding[] = [];
  for (const view of views) {
    if (!touched.has(view.name)) {
      const message = `No event of ${events.toLocaleString('en')} has the key "${view.entity}" of view "${view.name}".`;
      findings.push({ view: view.name, feature: null, code: 'no-keys', message });
      continue;
    }
    for (const [name, definition] of Object.entries(view.features)) {
      const at = `${view.name}.${name}`;
      if (!fed.has(at)) {
        const message = `No event of ${events.toLocaleString('en')} feeds "${at}": look at its filter and its number.`;
        findings.push({ view: view.name, feature: name, code: 'no-events', message });
      }
      for (const window of windowsOf(definition)) {
        const doubt = doubtOf(window);
        if (doubt !== null) findings.push({ view: view.name, feature: name, code: doubt[0], message: `"${at}": ${doubt[1]}` });
      }
    }
  }
  const costs = views.map((view): FeatureCost => {
    const bytes = [...(bytesOf.get(view.name)?.values() ?? [])];
    const sum = bytes.reduce((total, each) => total + each, 0);
    return {
      view: view.name,
      features: Object.keys(view.features).length,
      keys: bytes.length,
      bytesPerKey: bytes.length === 0 ? 0 : Math.round(sum / bytes.length),
      recordsPerEvent: events === 0 ? 0 : (touched.get(view.name) ?? 0) / events,
    };
  });
  return { findings, costs, eventsSampled: events };
}

function windowsOf(definition: FeatureDefinition): readonly FeatureWindow[] {
  if (definition.kind === 'volume-surge') return [definition.window, definition.baseline];
  return 'window' in definition ? [definition.window] : [];
}

function doubtOf(window: FeatureWindow): readonly [FeatureFinding['code'], string] | null {
  if (window.kind !== 'sliding') return null;
  const panes = window.lengthMs / window.paneMs;
  if (panes === 1) return ['one-pane', 'a sliding window of one pane forgets all at once when the pane ends; give it finer panes.'];
  if (panes > MANY_PANES)
    return ['many-panes', `${panes} panes take up to ${panes * 16} bytes a key; ${MANY_PANES} or fewer are enough for most uses.`];
  if (window.paneMs < 1000) return ['too-short-panes', `panes of ${window.paneMs} ms are shorter than clocks agree; use a second or more.`];
  return null;
}

/** A store in memory that knows the size of every record, by view. */
function measuringStore(): { readonly store: FeatureStore; readonly bytesOf: ReadonlyMap<string, ReadonlyMap<string, number>> } {
  const store = createMemoryFeatureStore();
  const names = new Map<string, string>();
  const bytesOf = new Map<string, Map<string, number>>();
  const commit: FeatureStore['commit'] = async (changes) => {
    for (const { fingerprint, declaration, keys, bytes } of changes) {
      if (declaration !== undefined) names.set(fingerprint, declaration.view.name);
      const sizes = bytesOf.get(names.get(fingerprint)!) ?? new Map<string, number>();
      bytesOf.set(names.get(fingerprint)!, sizes);
      keys.forEach((key, index) => sizes.set(key, bytes[index]!.length));
    }
    await store.commit(changes);
  };
  return { store: { ...store, commit }, bytesOf };
}
