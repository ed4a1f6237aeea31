import type { Lockfile } from './lockfile.ts';

/** Licences that let others ship what we ship, without conditions on their own code. */
const permissive = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
]);

/** Fine for tools that never leave this repository. */
const forDevelopment = new Set([...permissive, 'MPL-2.0', 'CC-BY-3.0', 'CC-BY-4.0']);

/** Fonts come under a licence of their own. */
const forFonts = new Set([...permissive, 'OFL-1.1']);

/** Every locked package whose licence is not on the list for its use, as `name@version: licence`. */
export function packagesWithOtherLicence({ packages }: Lockfile): string[] {
  const found: string[] = [];
  for (const [path, { version = '', license, dev = false, link = false }] of Object.entries(packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    // What is not under node_modules is ours.
    if (link || !path.includes('node_modules/')) continue;
    const allowed = dev ? forDevelopment : name.startsWith('@fontsource') ? forFonts : permissive;
    if (license === undefined || !isAllowed(license, allowed))
      found.push(`${name}@${version}: ${license ?? 'no licence'}`);
  }
  return found;
}

/**
 * Whether an SPDX expression can be met with the licences in `allowed`: one side of an OR is enough, an AND needs both.
 * What is no expression (`SEE LICENSE IN …`) is not allowed.
 */
export function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const term = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && allowed.has(token);
    const inner = anyOf();
    return tokens[at++] === ')' && inner;
  };
  const allOf = (): boolean => {
    let met = term();
    while (tokens[at] === 'AND') {
      at++;
      met = term() && met;
    }
    return met;
  };
  const anyOf = (): boolean => {
    let met = allOf();
    while (tokens[at] === 'OR') {
      at++;
      met = allOf() || met;
    }
    return met;
  };
  return anyOf() && at === tokens.length;
}
