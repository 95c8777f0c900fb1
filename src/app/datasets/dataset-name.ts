import path from 'node:path';

/** A data set's name from its source: the base name without its ending. */
export function sourceBaseName(source: string): string {
  return path
    .basename(path.resolve(source))
    .replace(/\.gz$/i, '')
    .replace(/\.[a-z]+$/i, '');
}

/** A name made fit for a folder: small letters, digits and hyphens; `data` where nothing is left. */
export function folderNameOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'data'
  );
}
