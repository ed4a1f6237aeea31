import { embeddedLauncher } from '@orilla/embedded';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { defaults } from '../integration/embedded/embedded-client.ts';
import { startTestRelay } from '../integration/relay/relay-under-test.ts';
import { claims } from './claims.ts';
import { askJson } from './json/ask-json.ts';
import { schemasFor, suiteTimeoutMs } from './json/json-run.ts';
import { jsonFaults, judgeJson, verdictLines } from './json/judge-json.ts';
import { runCases } from './run-cases.ts';

const log = (line: string) => console.log(line);

test(
  'the embedded upstream, through the relay, does what the table says, and refuses the rest',
  async () => {
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
    const subject = { client, model, contextLength };
    const results = await runCases(subject, { claims: claims.embedded });
    expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
    const json = judgeJson(await askJson(subject, schemasFor(claims.embedded), { onProgress: log }));
    for (const line of verdictLines(json)) log(line);
    expect(jsonFaults(json)).toEqual([]);
  },
  suiteTimeoutMs,
);
