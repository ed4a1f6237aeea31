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
    ...['AFL-3.0', 'Artistic-2.0', 'OSL-3.0', 'LPPL-1.3c', 'MS-PL', 'NCSA', 'OFL-1.1', 'PostgreSQL'],
  ].map((id) => [id.toLowerCase(), id]),
);

/** Words that say that the license is told elsewhere. */
const nothing = ['other', 'unknown', 'unlicensed', ''];

/**
 * An SPDX expression for what a model says of its license: `apache-2.0` → `Apache-2.0`; a license that SPDX doesn't list, as many of models
 * are, becomes a reference, `gemma` → `LicenseRef-gemma`. `undefined` where it says none.
 */
export function licenseName(told: string | undefined): string | undefined {
  const words = told?.trim().toLowerCase() ?? '';
  if (nothing.includes(words)) return undefined;
  return spdx[words] ?? `LicenseRef-${words.replace(/[^a-z0-9.-]+/g, '-')}`;
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
