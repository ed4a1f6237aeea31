/** SPDX identifiers by the words that hubs and GGUF files have for them, in lower case. */
const spdx: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['Apache-2.0', 'MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'Zlib', 'Unlicense', 'CC0-1.0', 'WTFPL', 'ECL-2.0'],
    ...['CC-BY-2.0', 'CC-BY-2.5', 'CC-BY-3.0', 'CC-BY-4.0', 'CC-BY-SA-3.0', 'CC-BY-SA-4.0'],
    ...['CC-BY-NC-2.0', 'CC-BY-NC-3.0', 'CC-BY-NC-4.0', 'CC-BY-ND-4.0', 'CC-BY-NC-ND-3.0', 'CC-BY-NC-ND-4.0'],
    ...[
      'CC-BY-NC-SA-2.0',
      'CC-BY-NC-SA-3.0',
      'CC-BY-NC-SA-4.0',
      'BSL-1.0',
      'MPL-2.0',
      'EPL-1.0',
      'EPL-2.0',
      'EUPL-1.1',
    ],
    ...['GPL-2.0-only', 'GPL-2.0-or-later', 'GPL-3.0-only', 'GPL-3.0-or-later', 'AGPL-3.0-only', 'AGPL-3.0-or-later'],
    ...['LGPL-2.1-only', 'LGPL-2.1-or-later', 'LGPL-3.0-only', 'LGPL-3.0-or-later'],
    ...['AFL-3.0', 'Artistic-2.0', 'OSL-3.0', 'LPPL-1.3c', 'MS-PL', 'NCSA', 'OFL-1.1', 'PostgreSQL'],
  ].map((id) => [id.toLowerCase(), id]),
);

/** Words that say that the license is told elsewhere. */
const nothing = ['other', 'unknown', 'unlicensed', ''];

/**
 * An SPDX expression for what a model says of its license: `apache-2.0` → `Apache-2.0`; a license that SPDX doesn't list, as many of models
 * are, becomes a reference, `gemma` → `LicenseRef-gemma`. What is an expression already stays one. `undefined` where it says none.
 */
export function licenseName(told: string | undefined): string | undefined {
  const words = told?.trim() ?? '';
  if (nothing.includes(words.toLowerCase())) return undefined;
  const parts = words.split(/\s+/).map(expressionPart);
  const isExpression = expression.test(parts.join(' ')) && !parts.includes(undefined);
  return isExpression ? parts.join(' ') : reference(words);
}

/** A license, an exception or an operator of an expression as SPDX writes it, its brackets kept; `undefined` for a word that is none. */
function expressionPart(word: string, index: number, words: readonly string[]): string | undefined {
  const [, before = '', bare = '', after = ''] = /^(\(?)(.*?)(\)?)$/.exec(word) ?? [];
  if (/^(and|or|with)$/i.test(word)) return word.toUpperCase();
  const isException = /^with$/i.test(words[index - 1] ?? '');
  const name = spdx[bare.toLowerCase()] ?? (isException || isReference(bare) ? bare : undefined);
  return name === undefined ? undefined : before + name + after;
}

const isReference = (word: string): boolean => /^LicenseRef-[A-Za-z0-9.-]+$/.test(word);

function reference(words: string): string | undefined {
  const name = words
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^(licenseref-)+/, '');
  return /[a-z]/.test(name) ? `LicenseRef-${name}` : undefined;
}

const term = '[A-Za-z0-9][A-Za-z0-9.+:-]*';
const expression = new RegExp(`^\\(?${term}\\)?( (AND|OR|WITH) \\(?${term}\\)?)*$`);

/** @throws Error for what isn't an SPDX expression */
export function checkLicense(text: string): string {
  if (expression.test(text)) return text;
  throw new Error(
    `${JSON.stringify(text)} is no SPDX expression. Give one like Apache-2.0 or LicenseRef-own by --license.`,
  );
}
