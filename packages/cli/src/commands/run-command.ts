import { isAbortError, isOrillaError } from '@orilla/contract';
import { type CommandContext, type ExitCode, Misunderstood } from './command.ts';
import { keys } from './keys.ts';
import { pack } from './pack.ts';
import { keysUsage, packUsage, usage, verifyUsage } from './usage.ts';
import { verify } from './verify.ts';
import { readVersion } from './version.ts';
import { visibleLines, visibleText } from './visible-text.ts';

const commands = {
  pack: { run: pack, usage: packUsage },
  verify: { run: verify, usage: verifyUsage },
  keys: { run: keys, usage: keysUsage },
} satisfies Record<string, object>;

/** Runs one `orilla` command; `args` are what follows its name. Resolves with the process's exit code. @throws AbortError */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { print, complain } = context;
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    print(usage);
    return 0;
  }
  if (name === '--version' || name === '-v') {
    print(await readVersion());
    return 0;
  }
  if (!isCommand(name)) {
    complain(`There is no command ${visibleText(name)}.\n\n${usage}`);
    return 2;
  }
  const command = commands[name];
  try {
    return await command.run(rest, context);
  } catch (error) {
    if (isAbortError(error) || !(error instanceof Error)) throw error;
    complain(error instanceof Misunderstood ? `${visibleLines(error.message)}\n\n${command.usage}` : told(error));
    return error instanceof Misunderstood ? 2 : 1;
  }
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

/** What went wrong and what to do about it, without the places in the code, which help nobody who uses it. */
function told(error: Error): string {
  const advice = isOrillaError(error) ? error.advice : undefined;
  return visibleLines([error.message, ...(advice === undefined ? [] : [advice])].join(' '));
}
