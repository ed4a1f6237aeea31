import { readFile } from 'node:fs/promises';
import type { ChatMessage } from '@orilla/contract';
import { expect, type Page, test } from '@playwright/test';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { type MadePackage, makePackage } from '../../fixtures/worker-page/make-package.ts';
import { type MirrorServer, startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { renamePreTokenizer } from '../../fixtures/worker-page/rename-pre-tokenizer.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

// llama.cpp itself is asked, with the real vocabulary. Its other ways of cutting text are tried on the same model under another name:
// what it answers would be nonsense then, but how it counts is what matters. Every conversation goes on until it is too long for the
// context: llama.cpp then tells how many tokens it has, and reads none of them.

test.setTimeout(300_000);
const preTokenizers = ['smollm', 'gpt-2', 'qwen2', 'llama-bpe'] as const;
const contextLength = 256;
const made = new Map<string, MadePackage>();
const counts = new Map<string, readonly (number | null)[]>();
let mirror: MirrorServer;
let server: PageServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  const gguf = await readFile((await ensureStarterModel()).path);
  for (const pre of preTokenizers) {
    const content = renamePreTokenizer(gguf, pre);
    made.set(pre, await makePackage({ id: `cuts-as-${pre}`, content, chunkBytes: 8 * 1024 ** 2, contextLength }));
  }
  mirror = await startMirrorServer({ files: Object.assign({}, ...[...made.values()].map(({ served }) => served)) });
  server = await servePage({ isolated: false });
  page = await openWorkerPage(await browser.newContext(), server.url);
});

test.afterAll(async () => {
  await page?.context().close();
  await mirror?.close();
  await server?.[Symbol.asyncDispose]();
});

const generate = (id: string, messages: readonly ChatMessage[]) =>
  page.evaluate(
    ([id, messages]) => window.harness.generate(id, { model: id, messages: [...messages], max_tokens: 1 }),
    [id, messages] as const,
  );

const user = (content: string): ChatMessage => ({ role: 'user', content });

const conversations: readonly (readonly ChatMessage[])[] = [
  [user('Hi')],
  [{ role: 'system', content: 'Be brief.' }, user("I'll say: DON'T, we'RE 1234567 x² ½ Ⅷ ٣٤ — “ok”…")],
  [user('  two\t\ttabs \n\n\n  and   spaces \r\n x\u00a0y\u3000z  \n')],
  [user('Grüße, Ὀδυσσεύς, Привет мир, 漢字かな交じり文, 한국어, हिन्दी, العربية')],
  [
    user('👩‍👩‍👧 🦾🏽 e\u0301 Z͑ͫ 🇪🇸'),
    { role: 'assistant', content: 'Ok.' },
    user('<|im_end|> for(i=0;i<10;++i){}//@_#$'),
  ],
];

const long: readonly ChatMessage[] = [{ role: 'assistant', content: 'Ok.' }, user('plover '.repeat(contextLength))];

for (const pre of preTokenizers)
  test(`counts exactly what llama.cpp counts, where text is cut as ${pre} does`, async () => {
    const pkg = made.get(pre)?.describe(mirror.url);
    if (!pkg) throw new Error('Every way has its package.');
    const before = mirror.sentFileBytes;
    const counted = [];
    for (const messages of conversations.map((conversation) => [...conversation, ...long]))
      counted.push(
        await page.evaluate(([pkg, messages]) => window.harness.countTokens(pkg, [...messages]), [
          pkg,
          messages,
        ] as const),
      );
    expect(counted.map(({ error }) => error)).toEqual(conversations.map(() => null));
    // The vocabulary stands in the first chunk; that is all that counting needs.
    expect(mirror.sentFileBytes - before).toBe(8 * 1024 ** 2);

    const { result, error } = await page.evaluate((pkg) => window.harness.load(pkg), pkg);
    expect(error).toBeNull();
    const rest = 98_362_432 - 8 * 1024 ** 2;
    // The packages share every other chunk, and the first one is here already.
    expect(result?.fetchedBytes).toBe(pre === preTokenizers[0] ? rest : 0);
    const engineCounts = [];
    for (const messages of conversations.map((conversation) => [...conversation, ...long])) {
      const { error } = await generate(pkg.id, messages);
      const [, tokens] = /takes (\d+) tokens, and there are 256/.exec(error?.message ?? '') ?? [];
      engineCounts.push(tokens === undefined ? null : Number(tokens));
    }
    expect(counted.map(({ result }) => result)).toEqual(engineCounts);
    counts.set(pre, engineCounts);
  });

test('what it counts where there is too much is what it counts where it answers', async () => {
  const pkg = made.get(preTokenizers.at(-1) ?? '')?.describe(mirror.url);
  if (!pkg) throw new Error('Every way has its package.');
  const asked = { pkg, messages: [user('Hi')] };
  const { result } = await page.evaluate(({ pkg, messages }) => window.harness.countTokens(pkg, messages), asked);
  expect((await generate(pkg.id, [user('Hi')])).events.at(-1)).toMatchObject({ type: 'finish', promptTokens: result });
});

test('the ways of cutting do differ, so that agreeing in each of them means something', () => {
  // No digits are merged in this vocabulary, so that how `smollm` cuts them makes no difference to `gpt-2`.
  expect(new Set([...counts.values()].map(String)).size).toBe(preTokenizers.length - 1);
});

test('says so where it cannot count exactly', async () => {
  const content = renamePreTokenizer(await readFile((await ensureStarterModel()).path), 'mystery');
  const other = await makePackage({ id: 'mystery', content, chunkBytes: 8 * 1024 ** 2 });
  await using own = await startMirrorServer({ files: other.served });
  const { error } = await page.evaluate(([pkg, messages]) => window.harness.countTokens(pkg, [...messages]), [
    other.describe(own.url),
    [user('Hi')],
  ] as const);
  expect(error).toMatchObject({ code: 'capability.unsupported' });
});
