/** Formats of texts in EBNF, as JSON schemas name them. Others are notes, and say nothing about what is valid. */
export const textFormats: Readonly<Record<string, string>> = (() => {
  const date = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])';
  const time =
    '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])';
  const uuid = '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}';
  return { date, time, 'date-time': `${date} "T" ${time}`, uuid };
})();
