import { parseArgs } from 'node:util';

/** What the fault tests get to know by the environment, and the words that are left. */
export interface FaultOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** One round: every case once. */
const wholeRound = 240;

/**
 * Takes `--seed N`, `--runs M` and `--only K` out of the words of a command line. The fault tests alone run a whole round by default, and
 * the long ones beside it; as a part of everything a slice.
 * @throws Error where one of them is no whole number, or stands where no fault tests are asked for by name
 */
export function faultOptions(words: readonly string[]): FaultOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { seed: { type: 'string' }, runs: { type: 'string' }, only: { type: 'string' } },
    allowPositionals: true,
  });
  const isWhole = positionals[0] === 'faults';
  const given = Object.entries(values);
  if (given.length > 0 && !isWhole)
    throw new Error(`--${given[0]?.[0]} belongs to npm run test:faults; the other tests don't know it.`);
  for (const [name, value] of given)
    if (!/^\d+$/.test(value)) throw new Error(`--${name} takes a whole number, and got ${value}.`);
  if (!isWhole) return { env: {}, words: positionals };
  const { seed, runs = String(wholeRound), only } = values;
  return {
    env: {
      ORILLA_FAULT_RUNS: runs,
      ...(seed !== undefined && { ORILLA_FAULT_SEED: seed }),
      ...(only !== undefined ? { ORILLA_FAULT_ONLY: only } : { ORILLA_FAULT_LONG: '1' }),
    },
    words: positionals,
  };
}
