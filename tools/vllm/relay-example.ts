import { servedModelName } from './serve-command.ts';

/** The environment variable that the relay reads the upstream's key from, and `npm run vllm` too. */
export const upstreamKeyVariable = 'ORILLA_UPSTREAM_KEY';

/** The part of a relay.yaml that makes the vLLM at `url` an upstream. The key itself never stands in such a file. */
export function relayExample(url: string, contextLength: number): string {
  return `upstreams:
  - name: vllm
    kind: vllm
    url: ${url}
    zone: on-premises
    apiKeyFrom: { env: ${upstreamKeyVariable} }
models:
  - name: ${servedModelName}
    contextLength: ${contextLength}
    upstreams: [vllm]
`;
}
