import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import type { CommandContext, ExitCode } from './command.ts';

/** Checks a configuration file: 0 if it can be served, 1 with everything that is wrong with it. @throws AbortError */
export async function check(file: string, { env, print, complain, signal }: CommandContext): Promise<ExitCode> {
  const { config, problems } = await loadConfig(file, { env, signal });
  if (!config) {
    for (const problem of problems) complain(formatProblem(problem));
    complain(problems.length === 1 ? 'There is 1 mistake.' : `There are ${problems.length} mistakes.`);
    return 1;
  }
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).join(', ') || 'none';
  print(`${file} is in order.`);
  print(`  listens on ${config.listen.host} port ${config.listen.port}`);
  print(`  upstreams: ${names(config.upstreams)}`);
  print(`  models: ${names(config.models)}`);
  print(`  keys: ${names(config.access.keys)}`);
  return 0;
}
