import path from 'node:path';

/** A path as a person would type it: relative where it lies below the working folder, as it is otherwise. */
export function pathToShow(place: string): string {
  const relative = path.relative('.', place);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? place : relative;
}
