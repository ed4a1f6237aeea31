import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RuleContext } from './rules/rule.ts';
import type { SecretSource } from './setting-schemas.ts';

/** A secret, or why it could not be had. Neither names the secret or where it should have been: the setting's place in the file tells. */
export type SecretResult = { readonly secret: string } | { readonly problem: string };

/** Reads a secret from the environment or a file; line breaks at its end don't count. */
export async function readSecret(source: SecretSource, { env, folder, signal }: RuleContext): Promise<SecretResult> {
  if (source.env !== undefined) {
    const value = env[source.env];
    if (value === undefined || value === '')
      return { problem: 'this environment variable is not set, or empty. Set it before the relay starts.' };
    return checked(value.trim());
  }
  try {
    return checked((await readFile(resolve(folder, source.file ?? ''), { encoding: 'utf8', signal })).trim());
  } catch (error) {
    signal?.throwIfAborted();
    return { problem: `this file cannot be read (${codeOf(error)}). Check the path and who may read it.` };
  }
}

/** Reads a secret that a rule has found readable. */
export async function secretOf(source: SecretSource, context: RuleContext): Promise<string> {
  const result = await readSecret(source, context);
  if ('problem' in result) throw new Error('A secret that could be read a moment ago is gone. Start again.');
  return result.secret;
}

/** A secret goes into a header, which takes visible ASCII only. */
function checked(secret: string): SecretResult {
  if (secret === '') return { problem: 'the secret is empty. Put it there.' };
  if (!/^[\x21-\x7e]+$/.test(secret))
    return {
      problem: 'the secret holds spaces, line breaks or other signs no key has. Put the key there and nothing else.',
    };
  return { secret };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
