/** Text as a literal of XGrammar's EBNF, in ASCII. */
export function ebnfLiteral(text: string): string {
  return `"${[...text].map(ebnfChar).join('')}"`;
}

/** One character as it is written in a literal or a class of characters. */
export function ebnfChar(char: string): string {
  if (/^[A-Za-z0-9 ]$/.test(char)) return char;
  return `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}
