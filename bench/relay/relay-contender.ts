import { createHash, randomBytes } from 'node:crypto';
import { startRelayProcess } from '../process/relay-process.ts';
import { model } from './chat-exchange.ts';
import type { Contender, StartContenderOptions } from './contender.ts';

/** The relay as an organization runs it: one process, an API key, and everything else as it is by default. */
export async function startRelayContender(upstream: string, options: StartContenderOptions = {}): Promise<Contender> {
  const key = `sk-${randomBytes(24).toString('base64url')}`;
  const relay = await startRelayProcess(configuration(upstream, key), options);
  return {
    origin: relay.origin,
    headers: { authorization: `Bearer ${key}` },
    pid: relay.pid,
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

function configuration(upstream: string, key: string): string {
  return `access:
  keys:
    - name: bench
      sha256: ${createHash('sha256').update(key).digest('hex')}
upstreams:
  - name: bench
    kind: openai
    url: ${upstream}
    zone: on-premises
    models: [${model}]
`;
}
