import { isOrillaError } from '@orilla/contract';
import { isLoopback } from '../config/address.ts';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import type { RelayConfig } from '../config/relay-config.ts';
import { createJsonLogger } from '../http/json-logger.ts';
import { startRelay } from '../relay.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { openLog } from './open-log.ts';

/** Runs the relay until `signal` aborts, then lets answers finish. 1 where it cannot start. @throws AbortError while it loads */
export async function serve(file: string, { env, complain, signal }: CommandContext): Promise<ExitCode> {
  const { config, problems } = await loadConfig(file, { env, signal });
  if (!config) {
    for (const problem of problems) complain(formatProblem(problem));
    return 1;
  }
  const embedded = config.upstreams.find(({ kind }) => kind === 'embedded');
  if (embedded) {
    complain(
      `${file}: the upstream ${embedded.name} is of kind embedded, which is not part of this package. ` +
        'Run it from the workspace with `npm start -- --config FILE`, or serve the model with vLLM or llama-server and name it as kind vllm or openai.',
    );
    return 1;
  }
  const note = insecureContextNote(config);
  if (note !== undefined) complain(note);
  const log = openLog({ complain });
  try {
    const relay = await startRelay(config, { logger: createJsonLogger(log.write), signal });
    await aborted(signal);
    await relay.close();
    return 0;
  } catch (error) {
    if (!isOrillaError(error)) throw error;
    complain([error.message, error.advice].filter(Boolean).join(' '));
    return 1;
  } finally {
    await log.close();
  }
}

/** What a browser will lack where the relay's page comes over plain HTTP from another machine. */
export function insecureContextNote({ listen, app }: Pick<RelayConfig, 'listen' | 'app'>): string | undefined {
  if (isLoopback(listen.host)) return undefined;
  const what = app ? 'the app served here' : 'an app served from here';
  return (
    `Note: this relay speaks plain http:// to other machines. In a browser there, ${what} has no WebGPU, service worker or WebCrypto, ` +
    'so nothing runs on the device, and keys travel unencrypted. Put a reverse proxy with a certificate in front (Caddy or nginx), ' +
    'add its name to hosts, and let the relay listen on 127.0.0.1.'
  );
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
