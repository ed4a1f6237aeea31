import { parseArgs } from 'node:util';
import { relayJsonSchema } from '../config/json-schema.ts';
import { check } from './check.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { createKey } from './create-key.ts';
import { serve } from './serve.ts';
import { usage } from './usage.ts';
import { readVersion } from './version.ts';

/** Runs one `orilla-relay` command; `args` are what follows its name. Resolves with the process's exit code. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { print, complain } = context;
  const parsed = parse(args);
  if ('problem' in parsed) return misunderstood(parsed.problem, complain);
  const { values, positionals } = parsed;
  if (values.version) {
    print(await readVersion());
    return 0;
  }
  if (values.help || positionals.length === 0) {
    print(usage);
    return 0;
  }
  const [command, ...rest] = positionals;
  switch (command) {
    case 'serve':
    case 'check': {
      const [file = values.config, ...more] = rest;
      if (file === undefined) return misunderstood(`${command} needs a configuration: --config FILE.`, complain);
      if (more.length > 0 || (values.config !== undefined && rest.length > 0))
        return misunderstood(`${command} takes one configuration.`, complain);
      return command === 'serve' ? serve(file, context) : check(file, context);
    }
    case 'keys':
      if (rest.length !== 1 || rest[0] !== 'create')
        return misunderstood('keys knows one thing to do: create.', complain);
      return createKey({ ...context, name: values.name });
    case 'schema':
      print(JSON.stringify(relayJsonSchema(), null, 2));
      return 0;
    default:
      return misunderstood(`There is no command ${command}.`, complain);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        name: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'The arguments cannot be read.' };
  }
}

function misunderstood(problem: string, complain: CommandContext['complain']): ExitCode {
  complain(`${problem}\n\n${usage}`);
  return 2;
}
