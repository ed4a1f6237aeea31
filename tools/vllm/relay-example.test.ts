import { expect, test } from 'vitest';
import { relayExample } from './relay-example.ts';

test('names the upstream with its kind, zone and address, and the model it serves', () => {
  expect(relayExample('http://127.0.0.1:8000', 4096)).toBe(`upstreams:
  - name: vllm
    kind: vllm
    url: http://127.0.0.1:8000
    zone: on-premises
    apiKeyFrom: { env: ORILLA_UPSTREAM_KEY }
models:
  - name: smollm2-135m
    contextLength: 4096
    upstreams: [vllm]
`);
});
