import { parseArgs } from 'node:util';

export const benchNames = ['relay', 'engine', 'client', 'weights'] as const;
export type BenchName = (typeof benchNames)[number];

export interface Command {
  readonly bench: BenchName;
  /** Where to write the figures as JSON. */
  readonly jsonPath: string | undefined;
  /** How many times ours and its peers are measured in turn. */
  readonly pairs: number;
  /** Of the package that `weights` downloads. */
  readonly packageBytes: number;
  /** Only the rows whose ids begin with it are measured, as far as they can be measured apart. */
  readonly only: string | undefined;
}

const defaultPairs = 10;
const maxPairs = 1000;
const MiB = 1024 ** 2;
const defaultPackageMiB = 256;
const maxPackageMiB = 1024;

export const usage = `npm run bench -- ${benchNames.join('|')} [--json FILE] [--pairs N] [--mib N] [--only PREFIX]`;

/** @throws Error that says what to write instead */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      pairs: { type: 'string', default: String(defaultPairs) },
      only: { type: 'string' },
      mib: { type: 'string', default: String(defaultPackageMiB) },
    },
  });
  const [name, ...rest] = positionals;
  const bench = benchNames.find((known) => known === name);
  if (bench === undefined || rest.length > 0) throw new Error(`Name one bench: ${usage}`);
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > maxPairs)
    throw new Error(`--pairs must be a whole number from 1 to ${maxPairs}; 10 or more make a ratio worth reporting.`);
  const packageMiB = Number(values.mib);
  if (!Number.isInteger(packageMiB) || packageMiB < 1 || packageMiB > maxPackageMiB)
    throw new Error(`--mib must be a whole number from 1 to ${maxPackageMiB}: the size of the package of \`weights\`.`);
  const { only } = values;
  if (only !== undefined && !only.startsWith(bench))
    throw new Error(`--only takes the beginning of a figure's name, such as ${bench}.x: ${usage}`);
  return { bench, jsonPath: values.json, pairs, packageBytes: packageMiB * MiB, only };
}
