import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { claims } from '../conformance/claims.ts';
import { runCases } from '../conformance/run-cases.ts';
import { startTestRelay } from '../integration/relay/relay-under-test.ts';
import { vllmModel, vllmUnderTest } from './vllm-under-test.ts';

test('real vLLM, through the relay, does what the table says, and refuses the rest', async () => {
  const { url, apiKey } = vllmUnderTest();
  const contextLength = 4_096;
  const relay = await startTestRelay({
    upstreams: [{ name: 'gpu', kind: 'vllm', url: new URL(url), apiKey }],
    models: [{ name: vllmModel, upstreams: [{ upstream: 'gpu', model: vllmModel }], contextLength }],
  });
  const client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: 'unused', maxRetries: 0 });
  const results = await runCases({ client, model: vllmModel, contextLength }, { claims: claims.vllm });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
}, 240_000);
