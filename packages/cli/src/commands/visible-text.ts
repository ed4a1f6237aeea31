/** What a terminal acts on and a reader does not see: control characters, and those that turn the direction of a line. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that holds what others wrote, such as names of files, as it is safe to show: `\u{1b}` for a character that nobody sees. */
export function visibleText(text: string): string {
  return text.replace(hidden, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** As `visibleText`, for a text of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
