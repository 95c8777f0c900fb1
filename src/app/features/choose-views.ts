import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { FeatureUnknownError } from './feature-command-errors.ts';

/** The views that are asked about: the platform's own, or those of a module. */
export async function chooseViews(declaration: string | undefined): Promise<readonly FeatureView[]> {
  if (declaration === undefined) return (await import('../../data/features/platform-features.ts')).platformFeatures;
  return (await import('./load-views.ts')).loadViews(declaration);
}

/** The view of a name. @throws {FeatureUnknownError} */
export function viewNamed(views: readonly FeatureView[], name: string): FeatureView {
  const view = views.find((each) => each.name === name);
  if (view !== undefined) return view;
  throw new FeatureUnknownError('view', name, views.map((each) => each.name)); // prettier-ignore
}

/** @throws {FeatureUnknownError} for the first name that is no feature of the view */
export function requireFeatures(view: FeatureView, names: readonly string[]): void {
  const known = Object.keys(view.features);
  const unknown = names.find((name) => !Object.hasOwn(view.features, name));
  if (unknown !== undefined) throw new FeatureUnknownError('feature', unknown, known);
}
