import type { Event } from '../events/event.ts';
import { subjectKey } from '../events/subject-key.ts';
import { different, present } from './event-keys.ts';
import type { EventTerm } from './feature-declaration.ts';

/** The terms that an event has, each once, in the event's order; none where it lacks them; an empty text is none. A subject's term is its key, `kind:id`. */
export function eventTerms(of: EventTerm, event: Event): readonly string[] {
  const { userId, subject, context, query } = event;
  switch (of) {
    case 'user':
      return present(userId);
    case 'subject':
      return subject === null ? [] : [subjectKey(subject)];
    case 'author':
      return present(subject?.authorId);
    case 'instrument':
      return subject === null ? [] : different(subject.instruments);
    case 'tag':
      return subject === null ? [] : different(subject.tags);
    case 'surface':
      return present(context.surface);
    case 'action':
      return [event.action];
    case 'query':
      return present(query);
    case 'time':
      return [String(event.timeMs)];
  }
}
