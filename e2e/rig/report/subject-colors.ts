/** Colours are classes of the stylesheet, so that they follow the theme. The product is always the first. */
export function subjectClasses(subjects: readonly string[]): Map<string, string> {
  const others = [...new Set(subjects)].filter((subject) => subject !== 'earshot');
  return new Map(['earshot', ...others].map((subject, i) => [subject, `s${i % COLOR_COUNT}`]));
}

export const COLOR_COUNT = 7;
