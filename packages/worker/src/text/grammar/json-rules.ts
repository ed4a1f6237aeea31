/** What a text in JSON may hold as it stands. */
export const plainCharClass = '[^\\x00-\\x1f\\"\\\\]';

/**
 * Rules for JSON of any shape, by names that no other rule has. Numbers are as long as JavaScript keeps them exactly, and white space is
 * a space, or a new line with its indent: a model that has lost its thread could write either for ever.
 */
export const jsonRules: Readonly<Record<string, string>> = {
  j_space: '(" " | "\\n" " "{0,24})?',
  j_value: 'j_object | j_array | j_string | j_number | "true" | "false" | "null"',
  j_object: '"{" j_space (j_member (j_space "," j_space j_member)*)? j_space "}"',
  j_member: 'j_string j_space ":" j_space j_value',
  j_array: '"[" j_space (j_value (j_space "," j_space j_value)*)? j_space "]"',
  j_char: `${plainCharClass} | "\\\\" [\\"\\\\/bfnrt]`,
  j_unicode: '"\\\\u" [0-9a-fA-F]{4}',
  j_string: '"\\"" (j_char | j_unicode)* "\\""',
  j_integer: '"-"? ("0" | [1-9] [0-9]{0,14})',
  j_number: 'j_integer ("." [0-9]{1,15})? ([eE] [+-]? [0-9]{1,2})?',
};
