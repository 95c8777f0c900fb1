import type { Command } from 'commander';
import type { PlatformOptions } from './platform-options.ts';

/** Whose features a command is about. */
export interface DeclarationOptions extends PlatformOptions {
  readonly declaration?: string;
}

/** Adds `--declaration`. */
export function addDeclarationOption(command: Command): Command {
  return command.option('--declaration <file>', "a module that exports views, TypeScript or JavaScript (default: the platform's own)");
}

/** What stands between the parts of a pair unless told otherwise: few ids have it. */
export const KEY_PARTS_SEPARATOR = ',';

/** Adds `--separator`, for keys that are pairs. */
export function addSeparatorOption(command: Command): Command {
  return command.option('--separator <text>', 'stands between the two parts of a key that is a pair', KEY_PARTS_SEPARATOR);
}
