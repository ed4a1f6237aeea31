import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelManifest } from '@orilla/contract';
import { type BrowserContext, expect, test } from '@playwright/test';
import { scratchFolder } from '../../../tools/test/scratch-folder.ts';
import { readWebllmReference, type WebllmReference } from '../../../tools/webllm-model/webllm-reference.ts';
import { webllmModel } from '../../fixtures/webllm-model.ts';
import { runCli } from '../../integration/cli/run-cli.ts';

// The model that the tests of our engine run is itself held against numpy, in WebLLM as it comes.

/** Secure, so that the page gets WebGPU and a cache; nothing listens there. */
const origin = 'https://webllm.test';
/** As WebLLM names what it keeps. */
const kept = 'https://store.invalid/m/resolve/main/';

test('the compiled library answers as the float64 reference does, and obeys every sampling field', async ({
  browser,
}) => {
  const folder = await webllmModel();
  const reference = await readWebllmReference(folder);
  const files = (await readdir(folder)).filter((name) =>
    /\.(?:bin|wasm)$|^(?:mlc|tensor|tokenizer).*\.json$/.test(name),
  );
  await using context = await browser.newContext();
  const network = await servedFrom(context, folder);
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  const result = await page.evaluate(answers, { files, kept, reference });

  expect(result.greedyIds).toEqual(reference.greedyIds);
  expect(result.hasWhatReadsLogits).toBe(true);
  const differences = reference.logits.map((logit, id) => Math.abs(logit - (result.logits[id] ?? Number.NaN)));
  // f32 against f64, of logits up to 10; the closest decision is ten times as far apart.
  expect(Math.max(...differences)).toBeLessThan(1e-3);
  expect(result.promptTokens).toBe(reference.promptIds.length);

  expect(result.biased).toEqual([70, 70, 70]);
  // 100 wins, is halved to 50 behind 80, which is halved to 40.
  expect(result.penalised).toEqual([70, 71, 70, 70]);
  expect(result.seeded[0]).toEqual(result.seeded[1]);
  expect(result.seeded[0]).not.toEqual(result.seeded[2]);
  expect(['{"a":1}', '{"a":2}']).toContain(result.json.replace(/\s/g, ''));
  expect(network.other).toEqual([]);
});

test('orilla pack makes a package of its folder, library and all, which orilla verify finds whole', async () => {
  await using scratch = await scratchFolder();
  const packed = await runCli([
    'pack',
    await webllmModel(),
    '--to',
    scratch.path,
    '--license',
    'Apache-2.0',
    '--id',
    'tiny',
  ]);
  expect(packed.code).toBe(0);
  const manifest: ModelManifest = JSON.parse(await readFile(join(scratch.path, 'tiny', 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ engine: 'webllm', contextLength: 512 });
  expect(manifest.files.filter(({ path }) => path.endsWith('.wasm'))).toHaveLength(1);
  const verified = await runCli(['verify', scratch.path]);
  expect(verified.code).toBe(0);
  expect(verified.stdout).toContain('all holds');
});

/** Answers the page's requests from files, and notes those that go elsewhere. */
async function servedFrom(context: BrowserContext, folder: string): Promise<{ readonly other: readonly string[] }> {
  const other: string[] = [];
  const webllm = join(import.meta.dirname, '../../../node_modules/@mlc-ai/web-llm/lib/index.js');
  await context.route('**', async (route) => {
    const { origin: asked, pathname } = new URL(route.request().url());
    if (asked !== origin) {
      other.push(route.request().url());
      await route.abort();
    } else if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
    else if (pathname === '/web-llm.js') await route.fulfill({ path: webllm, contentType: 'text/javascript' });
    else if (pathname.startsWith('/model/'))
      await route.fulfill({ path: join(folder, pathname.slice('/model/'.length)) });
    else await route.fulfill({ status: 404 });
  });
  return { other };
}

/** Runs in the page. */
async function answers({ files, kept, reference }: { files: string[]; kept: string; reference: WebllmReference }) {
  // As a string that no bundler follows; the types are those of the package.
  const address = '/web-llm.js';
  const { MLCEngine }: typeof import('@mlc-ai/web-llm') = await import(address);
  for (const file of files) {
    const rest = file === 'mlc-chat-config.json' ? 'config' : file.endsWith('.wasm') ? 'wasm' : 'model';
    await (await caches.open(`webllm/${rest}`)).put(kept + file, await fetch(`/model/${file}`));
  }
  let [ids, logits]: [number[], number[] | undefined] = [[], undefined];
  const listener = {
    processLogits: (given: Float32Array) => {
      logits ??= [...given];
      return given;
    },
    processSampledToken: (id: number) => void ids.push(id),
    resetState: () => undefined,
  };
  const library = kept + files.find((file) => file.endsWith('.wasm'));
  const engine = new MLCEngine({
    appConfig: {
      cacheBackend: 'cache',
      model_list: [{ model: 'https://store.invalid/m', model_id: 'm', model_lib: library }],
    },
    logitProcessorRegistry: new Map([['m', listener]]),
    logLevel: 'WARN',
  });
  await engine.reload('m');

  /** The ids that were sampled, and the whole answer. */
  const ask = async (fields: Record<string, unknown>) => {
    ids = [];
    const answer = await engine.chat.completions.create({
      messages: [...reference.messages],
      ...fields,
      stream: false,
    });
    return { ids, answer };
  };
  const greedy = await ask({ temperature: 0, max_tokens: reference.greedyIds.length });
  const bias = { temperature: 0, max_tokens: 3, logit_bias: { 70: 100 } };
  const both = { temperature: 0, max_tokens: 4, logit_bias: { 70: 100, 71: 80 }, repetition_penalty: 2 };
  const seeded = (seed: number) => ask({ temperature: 1, top_p: 0.9, max_tokens: 4, seed });
  const schema = JSON.stringify({
    type: 'object',
    properties: { a: { enum: [1, 2] } },
    required: ['a'],
    additionalProperties: false,
  });
  // Not greedy: spaces are allowed between the parts, and a tiny model may like them for ever.
  const constrained = await ask({ seed: 1, max_tokens: 100, response_format: { type: 'json_object', schema } });
  // What the engine reads logits by, without sampling: private, and named nowhere else.
  const held = Reflect.get(engine, 'loadedModelIdToPipeline')?.get('m');
  const { tvm, device } = held ?? {};
  const readsLogits = [
    held?.sampleFromRawLogits,
    held?.updateLogitsOnCPU,
    tvm?.beginScope,
    tvm?.endScope,
    device?.sync,
  ];
  return {
    hasWhatReadsLogits: readsLogits.every((part) => typeof part === 'function'),
    greedyIds: greedy.ids,
    logits: logits ?? [],
    promptTokens: greedy.answer.usage?.prompt_tokens,
    biased: (await ask(bias)).ids,
    penalised: (await ask(both)).ids,
    seeded: [(await seeded(1)).ids, (await seeded(1)).ids, (await seeded(2)).ids],
    json: constrained.answer.choices[0]?.message.content ?? '',
  };
}
