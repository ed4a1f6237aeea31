/** Signs that may stand at each place of a text, one string of them a place. */
export type Places = readonly string[];

/**
 * The texts of several choices as one body in EBNF in which no text has two ways. With two that part ways later, XGrammar 0.1.27 lets texts
 * through that are in neither: `[1-2] [0-9] | [2-9] "." [0-9] | [2-9] "." [0-9] [0-9]` has 100 in it.
 */
export function oneWayEbnf(choices: readonly Places[]): string {
  const ways = new Map<string, { signs: string; rests: readonly Places[] }>();
  for (const sign of signsOf(choices)) {
    const rests = choices.flatMap(([first = '', ...rest]) => (first.includes(sign) ? [rest] : []));
    const way = new Map(rests.map((rest) => [rest.join(' '), rest]));
    const key = [...way.keys()].sort().join('|');
    const known = ways.get(key);
    ways.set(key, { signs: (known?.signs ?? '') + sign, rests: [...way.values()] });
  }
  const body = [...ways.values()].map(({ signs, rests }) => `[${signs}]${behind(rests)}`).join(' | ');
  return choices.some(({ length }) => length === 0) ? `(${body})?` : body;
}

function behind(rests: readonly Places[]): string {
  return rests.every(({ length }) => length === 0) ? '' : ` (${oneWayEbnf(rests)})`;
}

const signsOf = (choices: readonly Places[]): Iterable<string> =>
  new Set(choices.flatMap(([first = '']) => [...first]).sort());
