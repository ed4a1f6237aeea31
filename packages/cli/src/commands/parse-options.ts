import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Misunderstood } from './command.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads what follows a command's name. @throws Misunderstood for an option that it doesn't know, or one without its value */
export function parseOptions<const T extends Options>(args: readonly string[], options: T) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    throw new Misunderstood(error instanceof Error ? error.message : 'The arguments cannot be read.');
  }
}

/** Runs a check of what an option says. @throws Misunderstood in the check's own words */
export function checkOption<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new Misunderstood(error instanceof Error ? error.message : 'An option cannot be read.');
  }
}

/** The one word that a command takes. @throws Misunderstood where there is none, or more */
export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...others] = words;
  if (word === undefined) throw new Misunderstood(`${what} is missing.`);
  if (others.length > 0) throw new Misunderstood(`Only one ${what} can be given; ${others[0]} is one too many.`);
  return word;
}
