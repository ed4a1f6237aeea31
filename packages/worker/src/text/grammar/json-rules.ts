/** What a text in JSON may hold as it stands. */
export const plainCharClass = '[^\\x00-\\x1f\\"\\\\]';

/**
 * Rules for JSON of any shape, by names that no other rule has, and that llama.cpp takes too. Numbers are as long as JavaScript keeps them exactly, and white space is
 * a space, or a new line with its indent: a model that has lost its thread could write either for ever.
 */
export const jsonRules: Readonly<Record<string, string>> = {
  'j-end': '""',
  'j-space': '(" " | "\\n" " "{0,24})?',
  'j-value': 'j-object | j-array | j-string | j-number | "true" | "false" | "null"',
  'j-object': '"{" j-space (j-member (j-space "," j-space j-member)*)? j-space "}"',
  'j-member': 'j-string j-space ":" j-space j-value',
  'j-array': '"[" j-space (j-value (j-space "," j-space j-value)*)? j-space "]"',
  'j-char': `${plainCharClass} | "\\\\" [\\"\\\\/bfnrt]`,
  'j-unicode': '"\\\\u" [0-9a-fA-F]{4}',
  'j-string': '"\\"" (j-char | j-unicode)* "\\""',
  'j-integer': '"-"? ("0" | [1-9] [0-9]{0,14})',
  'j-number': 'j-integer ("." [0-9]{1,15})? ([eE] [+-]? [0-9]{1,2})?',
};
