import type { RelayConfig } from '@orilla/relay';

/** What a person reads once the relay listens: where, what runs, and how to put something else there. */
export function banner(url: string, config: RelayConfig): string {
  const rows = [
    config.app && ['demo', `${url}/`],
    [
      'relay',
      `${url}/v1   for any OpenAI client${config.access.keys.length === 0 ? '; on this machine it needs no key' : ''}`,
    ],
    config.mirror && ['mirror', `${url}/orilla/v1/models`],
    ...config.models.map((model) => ['model', `${model.name}   ${describe(config, model.upstreams[0]?.upstream)}`]),
  ];
  const hasVllm = config.upstreams.some(({ kind }) => kind !== 'embedded');
  return [
    '',
    ...rows.flatMap((row) => (row ? [`  ${row[0]?.padEnd(8)}${row[1]}`] : [])),
    ...(hasVllm ? [] : ['', '  Your own vLLM instead:  npm start -- --vllm http://127.0.0.1:8000 --vllm-key-env NAME']),
    '',
  ].join('\n');
}

function describe({ upstreams }: RelayConfig, name: string | undefined): string {
  const upstream = upstreams.find((candidate) => candidate.name === name);
  if (!upstream?.embedded) return `from ${upstream?.url?.origin} (${upstream?.zone})`;
  const { threads, sequences, contextLength } = upstream.embedded;
  return (
    `on this machine's CPU: ${threads} ${threads === 1 ? 'thread' : 'threads'}, ` +
    `${sequences} answers at a time, ${contextLength.toLocaleString('en')} tokens of context`
  );
}
