import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { upstreamKeyVariable } from './relay-example.ts';

/** What `npm run vllm` was asked to do. */
export type VllmCommand =
  | { check: true }
  | {
      check: false;
      port: number;
      apiKey: string /** Made up just now, so the person has to be told it. */;
      isNewKey: boolean;
    };

/**
 * Reads the arguments of `npm run vllm`.
 * @throws Error that says what is wrong with them.
 */
export function readVllmCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): VllmCommand {
  const { values } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' }, port: { type: 'string' }, 'api-key': { type: 'string' } },
  });
  if (values.check) return { check: true };
  const text = values.port ?? '8000';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error('--port must be a number from 0 to 65535; 0 takes a free port.');
  }
  // An empty key would let everybody in.
  const given = values['api-key'] || env[upstreamKeyVariable];
  const apiKey = given || `sk-${randomBytes(16).toString('hex')}`;
  return { check: false, port, apiKey, isNewKey: !given };
}
