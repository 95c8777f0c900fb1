import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NisusError } from '../../base/error.ts';
import { checkFeatureView, checkFeatureViews } from '../../data/features/check-feature-view.ts';
import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { FeatureModuleError, FeatureModuleMissingError } from './feature-command-errors.ts';

/** Ending of this program's own modules: it runs from source and as built. */
const ENDING = path.extname(import.meta.filename);

/**
 * Loads the views that a module exports as `views`. The module is TypeScript or JavaScript and may lie anywhere: what it
 * imports from `nisus/…` is this program, whether or not the package is installed beside it.
 *
 * @throws {FeatureModuleMissingError}; {@link FeatureModuleError} where it does not load, or exports no views; `FeatureDeclarationError` where one is wrong
 */
export async function loadViews(file: string): Promise<readonly FeatureView[]> {
  const place = path.resolve(file);
  if (!existsSync(place)) throw new FeatureModuleMissingError(file);
  const exported = await importModule(file, pathToFileURL(place).href);
  const { views } = exported;
  if (!Array.isArray(views)) {
    const names = Object.keys(exported);
    const there = names.length === 0 ? 'nothing' : names.join(', ');
    throw new FeatureModuleError(file, `exports ${there}; expected an array: export const views = [featureView({ … })].`);
  }
  if (views.length === 0) throw new FeatureModuleError(file, 'exports no view: its array is empty.');
  views.forEach((view: unknown, at) => requireView(file, view, at));
  checkFeatureViews(views as FeatureView[]);
  return views as FeatureView[];
}

async function importModule(file: string, url: string): Promise<Readonly<Record<string, unknown>>> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const own = /^nisus\/([a-z]+)$/.exec(specifier);
      if (own !== null) return { url: new URL(`../../${own[1]}/index${ENDING}`, import.meta.url).href, shortCircuit: true };
      if (specifier !== url) return next(specifier, context);
      // Told here, so that a file that no package.json stands beside is not read as CommonJS first.
      const format = url.endsWith('.ts') ? 'module-typescript' : /\.(?:js|mjs)$/.test(url) ? 'module' : null;
      return format === null ? next(specifier, context) : { url, format, shortCircuit: true };
    },
  });
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof NisusError) throw error;
    throw new FeatureModuleError(file, `does not load: ${messageOf(error)}.`, error);
  } finally {
    hooks.deregister();
  }
}

function requireView(file: string, view: unknown, at: number): void {
  const problem = `has no view at views[${at}]; expected what featureView({ name, entity, features }) makes`;
  // The checks of a declaration take its shape for granted, as the compiler holds it.
  const isView =
    isRecord(view) &&
    typeof view['name'] === 'string' &&
    typeof view['entity'] === 'string' &&
    isRecord(view['features']) &&
    Object.values(view['features']).every(isRecord);
  if (!isView) throw new FeatureModuleError(file, `${problem}.`);
  try {
    checkFeatureView(view as unknown as FeatureView);
  } catch (error) {
    if (error instanceof NisusError) throw error;
    throw new FeatureModuleError(file, `${problem}: ${messageOf(error)}.`, error);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n')[0]!.replace(/\.$/, '');
  // Of text that is no program, the stack begins with the place in it.
  const line = error instanceof SyntaxError ? /^file:.*:(\d+)$/m.exec(error.stack ?? '')?.[1] : undefined;
  return line === undefined ? message : `line ${line}: ${message}`;
}
