import { SUBJECT_KINDS } from '../../data/events/event-actions.ts';
import { subjectOfKey } from '../../data/events/subject-key.ts';
import { KEY_SEPARATOR, pairKey } from '../../data/features/event-keys.ts';
import type { Entity } from '../../data/features/feature-declaration.ts';
import { FeatureKeyTextError } from './feature-command-errors.ts';

/** What the keys of an entity look like as a person types them. */
export function keyShape(entity: Entity, separator: string): string {
  switch (entity) {
    case 'subject':
      return 'KIND:ID';
    case 'user-tag':
      return `USER${separator}TAG`;
    case 'user-author':
      return `USER${separator}AUTHOR`;
    case 'surface-position':
      return `SURFACE${separator}POSITION`;
    case 'user':
    case 'author':
    case 'instrument':
    case 'tag':
      return `${entity.toUpperCase()}-ID`;
    default:
      return entity satisfies never;
  }
}

/**
 * A key as a person types it: the two parts of a pair with the separator between them, once.
 *
 * @throws {FeatureKeyTextError} saying what was expected
 */
export function parseKey(entity: Entity, text: string, separator: string): string {
  const shape = keyShape(entity, separator);
  if (entity === 'subject' && subjectOfKey(text) === null) {
    throw new FeatureKeyTextError(entity, text, `${shape}, the kind one of ${SUBJECT_KINDS.join(', ')}`);
  }
  if (!isPair(entity)) return text;
  const parts = text.split(separator);
  if (parts.length === 2 && parts[0] !== '' && parts[1] !== '') return pairKey(parts[0]!, parts[1]!);
  throw new FeatureKeyTextError(entity, text, `${shape}, with "${separator}" between them once (--separator takes another)`);
}

/** A key as {@link parseKey} takes it. */
export function showKey(entity: Entity, key: string, separator: string): string {
  return isPair(entity) ? key.replace(KEY_SEPARATOR, separator) : key;
}

function isPair(entity: Entity): boolean {
  return entity === 'user-tag' || entity === 'user-author' || entity === 'surface-position';
}
