import { parseArgs } from 'node:util';

export const benchNames = ['relay', 'engine', 'client'] as const;
export type BenchName = (typeof benchNames)[number];

export interface Command {
  readonly bench: BenchName;
  /** Where to write the figures as JSON. */
  readonly jsonPath: string | undefined;
  /** How many times ours and its peers are measured in turn. */
  readonly pairs: number;
}

const defaultPairs = 10;
const maxPairs = 1000;

export const usage = `npm run bench -- ${benchNames.join('|')} [--json FILE] [--pairs N]`;

/** @throws Error that says what to write instead */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'string' }, pairs: { type: 'string', default: String(defaultPairs) } },
  });
  const [name, ...rest] = positionals;
  const bench = benchNames.find((known) => known === name);
  if (bench === undefined || rest.length > 0) throw new Error(`Name one bench: ${usage}`);
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > maxPairs)
    throw new Error(`--pairs must be a whole number from 1 to ${maxPairs}; 10 or more make a ratio worth reporting.`);
  return { bench, jsonPath: values.json, pairs };
}
