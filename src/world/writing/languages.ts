/** Languages that the world writes in (BCP 47). */
export const LANGUAGES = ['en', 'zh'] as const;

/** One of the {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];
