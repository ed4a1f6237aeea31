import type { KeyObject } from 'node:crypto';
import { createKeyFile, readKeyFile } from '../signature/key-file.ts';
import { keyIdOf, rawPublicKey } from '../signature/public-key.ts';
import { type CommandContext, type ExitCode, Misunderstood } from './command.ts';
import { onlyWord, parseOptions } from './parse-options.ts';
import { keysUsage } from './usage.ts';

const defaultFile = 'orilla-key.pem';

/** `orilla keys create` and `show`. The private part is never printed. @throws Misunderstood; Error with what to do */
export async function keys(args: readonly string[], { print, complain }: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  const [action, ...words] = positionals;
  if (values.help) {
    print(keysUsage);
    return 0;
  }
  if (action === 'create') {
    const file = values.out ?? defaultFile;
    if (words.length > 0) throw new Misunderstood(`Give the key's file by --out ${words[0]}.`);
    const key = await createKeyFile(file);
    if (!values.json)
      print(`The private key is in ${file}, for you only. Whoever has it can sign packages: keep it safe.\n`);
    tell(key, values.json, print);
    return 0;
  }
  if (action === 'show') {
    const file = onlyWord(words, 'FILE');
    const { privateKey, isOpenToOthers } = await readKeyFile(file);
    if (isOpenToOthers) complain(`Others on this machine may read ${file}. Run \`chmod 600\` on it.`);
    tell(privateKey, values.json, print);
    return 0;
  }
  throw new Misunderstood('keys knows two things to do: create, and show FILE.');
}

function tell(key: KeyObject, asJson: boolean | undefined, print: CommandContext['print']): void {
  const raw = rawPublicKey(key);
  const [publicKey, keyId] = [raw.toString('base64'), keyIdOf(raw)];
  if (asJson) print(JSON.stringify({ publicKey, keyId }, null, 2));
  else print(`Public key, for an app's trustedKeys and for --key:\n\n  ${publicKey}\n\nKey id: ${keyId}`);
}
