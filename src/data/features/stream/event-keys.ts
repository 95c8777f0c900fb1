import type { Event } from '../../events/event.ts';
import { subjectKey } from '../../events/subject-key.ts';
import type { Entity } from '../feature-declaration.ts';
import { distinctTexts } from './event-terms.ts';

/** Between the parts of a pair; no id contains it. */
export const PAIR_SEPARATOR = '\u001f';

const NONE: readonly string[] = [];

/** The keys of an entity that an event has, each once; none where it has none. Cost: the text of each key. */
export function keysOf(event: Event, entity: Entity): readonly string[] {
  const { subject, userId, context } = event;
  switch (entity) {
    case 'user':
      return one(userId);
    case 'subject':
      return subject === null ? NONE : [subjectKey(subject)];
    case 'author':
      return subject === null ? NONE : one(subject.authorId);
    case 'instrument':
      return subject === null ? NONE : distinctTexts(subject.instruments);
    case 'tag':
      return subject === null ? NONE : distinctTexts(subject.tags);
    case 'user-tag': {
      if (subject === null || userId === null || userId === '') return NONE;
      return distinctTexts(subject.tags).map((tag) => pairKey(userId, tag));
    }
    case 'user-author': {
      const authorId = subject === null ? null : subject.authorId;
      if (userId === null || userId === '' || authorId === null || authorId === '') return NONE;
      return [pairKey(userId, authorId)];
    }
    case 'surface-position':
      return context.surface === null || context.surface === '' || context.position === null
        ? NONE
        : [pairKey(context.surface, String(context.position))];
    default:
      return entity satisfies never;
  }
}

/** Key of a pair: `user-tag`, `user-author`, `surface-position`. */
export function pairKey(first: string, second: string): string {
  return first + PAIR_SEPARATOR + second;
}

function one(text: string | null): readonly string[] {
  return text === null || text === '' ? NONE : [text];
}
