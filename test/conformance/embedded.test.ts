import { embeddedLauncher } from '@orilla/embedded';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { defaults } from '../integration/embedded/embedded-client.ts';
import { startTestRelay } from '../integration/relay/relay-under-test.ts';
import { claims } from './claims.ts';
import { runCases } from './run-cases.ts';

test('the embedded upstream, through the relay, does what the table says, and refuses the rest', async () => {
  const { path: modelPath } = await ensureStarterModel();
  const contextLength = 1_024;
  const embedded = { modelPath, ...defaults, contextLength };
  const model = 'smollm2-135m';
  const relay = await startTestRelay(
    {
      upstreams: [{ name: 'here', kind: 'embedded', embedded }],
      models: [{ name: model, upstreams: [{ upstream: 'here', model }], contextLength }],
    },
    { launchers: { embedded: embeddedLauncher } },
  );
  await relay.ready;
  const client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: 'none', maxRetries: 0 });
  const results = await runCases({ client, model, contextLength }, { claims: claims.embedded });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
}, 180_000);
