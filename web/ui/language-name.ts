const names = new Intl.DisplayNames('en', { type: 'language' });

/** What people call a language: `German` for `de`. */
export const languageName = (tag: string): string => names.of(tag) ?? tag;

/** For where there is no room: the language alone, in capitals, as on road signs. */
export const languageCode = (tag: string): string => tag.split('-', 1)[0]?.toUpperCase() ?? tag;
