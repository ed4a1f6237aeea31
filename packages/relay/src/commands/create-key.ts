import { createHash, randomBytes } from 'node:crypto';
import { nameSchema } from '../config/config-schema.ts';
import type { CommandContext, ExitCode } from './command.ts';

/** Makes a key of 256 random bits and prints it, with the line that lets it in: the only time that anybody sees it. 1 for a name that no configuration takes. */
export function createKey({
  print,
  complain,
  name = 'my-app',
}: Pick<CommandContext, 'print' | 'complain'> & { readonly name: string | undefined }): ExitCode {
  const checked = nameSchema.safeParse(name);
  if (!checked.success) {
    complain(`The name ${checked.error.issues.map(({ message }) => message).join(' ')}`);
    return 1;
  }
  const key = `ork_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(key).digest('hex');
  print(
    [
      'The key. It is shown this once: give it to the client, and keep it nowhere else.',
      '',
      `  ${key}`,
      '',
      "Put this under access.keys in the relay's configuration. It holds the key's SHA-256, which opens nothing.",
      '',
      `  - { name: ${JSON.stringify(name)}, sha256: ${sha256} }`,
    ].join('\n'),
  );
  return 0;
}
