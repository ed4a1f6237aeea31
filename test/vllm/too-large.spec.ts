import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from '@orilla/core';
import { expect, test } from '@playwright/test';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { capital, DemoPage } from '../e2e/demo/demo-page.ts';
import { watchRequests } from '../e2e/demo/watch-requests.ts';
import { startServer } from '../e2e/start-server.ts';
import { vllmModel, vllmUnderTest } from './vllm-under-test.ts';

/** A model whose device package takes more memory than any device has, and which the organization's vLLM serves. */
const catalog: Catalog = {
  models: {
    large: {
      title: 'Large',
      device: [
        {
          id: 'smollm2-135m-instruct-q4_1',
          engine: 'llamacpp',
          bytes: 98_362_432,
          contextLength: 2048,
          memory: { weights: 64e9, kvPerToken: 23_040, scratch: 16_777_216 },
          license: 'Apache-2.0',
          sources: [{ kind: 'mirror', url: '/orilla/v1/models/smollm2-135m-instruct-q4_1/' }],
        },
      ],
      relay: { model: vllmModel },
    },
  },
};

test('a model too large for this device is answered by the real vLLM through the relay, with no byte of weights fetched', async ({
  page,
  context,
}) => {
  const vllm = vllmUnderTest();
  await using scratch = await scratchFolder();
  const folder = scratch.path;
  await writeFile(join(folder, 'catalog.json'), JSON.stringify(catalog));
  await writeFile(
    join(folder, 'relay.yaml'),
    `upstreams:
  - { name: gpu, kind: vllm, url: "${vllm.url}", zone: on-premises, apiKeyFrom: { env: TEST_VLLM_KEY }, models: [${vllmModel}] }
catalog: { file: catalog.json }
`,
  );
  await using server = await startServer({
    args: ['--config', join(folder, 'relay.yaml')],
    env: { TEST_VLLM_KEY: vllm.apiKey },
  });
  const requests = watchRequests(context);
  const demo = new DemoPage(page);
  const before = await vllm.metric('vllm:request_success_total');

  await demo.open(server.url);
  await demo.ask(capital);
  const answer = await demo.finishedAnswer();

  await expect(answer).toContainText('Paris');
  await expect(answer.getByText("On your organization's server", { exact: true })).toBeVisible();
  await expect(answer.getByText('Too large for this device', { exact: true })).toBeVisible();
  expect(requests.weights()).toEqual([]);
  expect(requests.foreign(server.url)).toEqual([]);
  expect(requests.relay()).toEqual([`POST ${server.url}/v1/chat/completions`]);
  // vLLM counts after it has answered.
  await expect.poll(() => vllm.metric('vllm:request_success_total')).toBe(before + 1);
});
