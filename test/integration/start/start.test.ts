import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { defaultCatalog } from '../../../demo/src/catalog.ts';
import { startFaultyFileServer } from '../../../tools/model/faulty-file-server.ts';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { capitalOfFrance } from '../embedded/embedded-client.ts';
import { descendantsOf, isAlive } from '../embedded/process-tree.ts';
import { start } from './start-process.ts';

/** A cache of this test's own that has the model and nothing else. */
let cache: string;
let modelPath: string;
beforeAll(async () => {
  modelPath = (await ensureStarterModel()).path;
  cache = await mkdtemp(join(tmpdir(), 'orilla-cache-'));
  await mkdir(join(cache, 'models'));
  await symlink(modelPath, join(cache, 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

const startHere = (...args: string[]) => start(['--no-app', ...args], { ORILLA_CACHE: cache });

async function ask(url: string, model = 'smollm2-135m'): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: capitalOfFrance, temperature: 0 }),
  });
  return response.text();
}

async function isFree(url: string): Promise<boolean> {
  const server = createTcpServer().listen(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false; // somebody has it
  } finally {
    server.close();
  }
}

test('it listens, packs the model, is ready, answers, and ends on ^C with nothing left behind', async () => {
  const running = startHere('--port', '0');
  const [, url = ''] = await running.until(/listens on (http:\S+)/);
  await running.until(/Ready after [\d.]+ s/);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await ask(url)).toContain('The capital of France is Paris.');
  const manifest = await (await fetch(`${url}/orilla/v1/models/smollm2-135m-instruct-q4_1/manifest.json`)).text();
  expect(JSON.parse(manifest)).toMatchObject({
    contextLength: 8192,
    memory: { weights: 98_362_432, kvPerToken: 23_040 },
  });
  const part = await fetch(`${url}/orilla/v1/models/smollm2-135m-instruct-q4_1/files/SmolLM2-135M-Instruct.Q4_1.gguf`, {
    headers: { range: 'bytes=0-3' },
  });
  expect([part.status, await part.text()]).toEqual([206, 'GGUF']);
  expect(running.output()).toContain('npm start -- --vllm');
  const below = descendantsOf(running.child.pid ?? 0);
  expect(below.filter(({ command }) => command.includes('embedded'))).toHaveLength(1);
  // From the terminal, and passed on by npm.
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  expect(await running.ended).toEqual({ code: 0, killer: null });
  await vi.waitFor(() => expect(below.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
  expect(await isFree(url)).toBe(true);
  await expect(fetch(url)).rejects.toThrow();
});

test('^C while an answer is written does not wait for its end', async () => {
  const running = startHere('--port', '0');
  const [, url = ''] = await running.until(/listens on (http:\S+)/);
  await running.until(/Ready after/);
  const answer = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'smollm2-135m', prompt: 'Once upon a time', max_tokens: 4_000, stream: true }),
  });
  const below = descendantsOf(running.child.pid ?? 0);
  running.child.kill('SIGINT');
  await answer.text().catch(() => undefined); // cut off after the grace that answers have
  expect(await running.ended).toEqual({ code: 0, killer: null });
  await vi.waitFor(() => expect(below.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
});

test('^C while the model loads ends it, too', async () => {
  const running = startHere('--port', '0');
  const [, url = ''] = await running.until(/listens on (http:\S+)/);
  const below = descendantsOf(running.child.pid ?? 0);
  running.child.kill('SIGINT');
  expect(await running.ended).toEqual({ code: 0, killer: null });
  await vi.waitFor(() => expect(below.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
  expect(await isFree(url)).toBe(true);
});

test('^C while the model is fetched ends it; the next start goes on where that one stopped, up to the first answer', async () => {
  const name = 'SmolLM2-135M-Instruct.Q4_1.gguf';
  const arrivedBytes = 40_000_000;
  await using server = await startFaultyFileServer(await readFile(modelPath), [
    { kind: 'stall', afterBytes: arrivedBytes },
  ]);
  const empty = await mkdtemp(join(tmpdir(), 'orilla-cache-'));
  onTestFinished(() => rm(empty, { recursive: true, force: true }));
  const startEmpty = () => start(['--no-app', '--port', '0', '--model-url', server.url], { ORILLA_CACHE: empty });
  const stopped = startEmpty();
  const part = join(empty, 'models', `${name}.part`);
  await vi.waitFor(async () => expect((await stat(part)).size).toBe(arrivedBytes), { timeout: 30_000 });
  stopped.child.kill('SIGINT');
  expect(await stopped.ended).toEqual({ code: 0, killer: null });
  expect(stopped.output()).toContain(`Fetching ${name} (98 MB) from ${new URL(server.url).host}.`);
  expect(await readdir(join(empty, 'models'))).toEqual([`${name}.part`]);
  const again = startEmpty();
  const [, url = ''] = await again.until(/listens on (http:\S+)/);
  await again.until(/Ready after/);
  expect(server.ranges).toEqual([undefined, `bytes=${arrivedBytes}-`]);
  expect(await readdir(join(empty, 'models'))).toEqual([name]);
  expect(await ask(url)).toContain('The capital of France is Paris.');
});

test('an address that has another file is told, and nothing of it is used', async () => {
  await using server = await startFaultyFileServer(Buffer.from('this is not the model'));
  const empty = await mkdtemp(join(tmpdir(), 'orilla-cache-'));
  onTestFinished(() => rm(empty, { recursive: true, force: true }));
  const running = start(['--no-app', '--port', '0', '--model-url', server.url], { ORILLA_CACHE: empty });
  expect((await running.ended).code).toBe(1);
  expect(running.output()).toMatch(/The model file \S+\.gguf could not be fetched\./);
  expect(await readdir(join(empty, 'models'))).toEqual([]);
});

test('when it is killed, the model server goes with it', async () => {
  const running = startHere('--port', '0');
  await running.until(/Ready after/);
  const below = descendantsOf(running.child.pid ?? 0);
  expect(below.length).toBeGreaterThan(0);
  running.child.kill('SIGKILL');
  await running.ended;
  await vi.waitFor(() => expect(below.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
});

test('a taken port is told before anything else happens, with what to do', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const running = startHere('--port', String(port));
  expect(await running.ended).toEqual({ code: 1, killer: null });
  expect(running.output()).toContain(
    `Port ${port} is in use, perhaps by another \`npm start\`. End that, or take another port: npm start -- --port`,
  );
});

test('the options are told, and a wrong one is refused', async () => {
  const help = startHere('--help');
  expect((await help.ended).code).toBe(0);
  expect(help.output()).toContain('--vllm-key-env NAME');
  const wrong = startHere('--prot', '1');
  expect((await wrong.ended).code).toBe(1);
  expect(wrong.output()).toContain("Unknown option '--prot'");
});

test('a vLLM that is not there is told before anything is fetched', async () => {
  const running = start(['--no-app', '--port', '0', '--vllm', 'http://127.0.0.1:1'], {
    ORILLA_CACHE: join(cache, 'none'),
  });
  expect((await running.ended).code).toBe(1);
  expect(running.output()).toContain('No vLLM answers at http://127.0.0.1:1. Start it first');
  expect(running.output()).not.toContain('Fetching');
});

test("a server of one's own answers beside the starter, with its key, and the page is told of it", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v1/models')
      response.end(JSON.stringify({ data: [{ id: 'own-model', max_model_len: 4096 }] }));
    else
      response.end(
        JSON.stringify({
          id: 'c',
          object: 'chat.completion',
          created: 1,
          model: 'own-model',
          choices: [{ index: 0, message: { role: 'assistant', content: 'from my own server' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const own = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const running = start(['--no-app', '--port', '0', '--vllm', `${own}/v1`, '--vllm-key-env', 'OWN_KEY'], {
    ORILLA_CACHE: cache,
    OWN_KEY: 'sk-own',
  });
  const [, url = ''] = await running.until(/listens on (http:\S+)/);
  await running.until(/Ready after/);
  expect(await ask(url, 'own-model')).toContain('from my own server');
  expect(await ask(url)).toContain('Paris');
  expect(new Set(seen)).toEqual(new Set(['Bearer sk-own']));
  const catalog = JSON.parse(await (await fetch(`${url}/orilla/v1/catalog`)).text());
  expect(Object.keys(catalog.models)).toEqual([...Object.keys(defaultCatalog.models), 'own-model']);
  expect(running.output()).not.toContain('sk-own');
});

test("a configuration of one's own may use the embedded upstream; its mistakes are told with their lines", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-own-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'relay.yaml');
  const write = (kind: string) =>
    writeFile(
      file,
      `listen: 127.0.0.1:0
upstreams:
  - { name: here, kind: ${kind}, zone: on-premises, models: [mine], embedded: { model: "${modelPath}", sequences: 1, contextLength: 1024 } }
`,
    );
  await write('embeded');
  const wrong = startHere('--config', file);
  expect((await wrong.ended).code).toBe(1);
  expect(wrong.output()).toContain(
    `${file}:3:25  upstreams[0].kind: must be one of vllm, openai, embedded. Did you mean embedded?`,
  );
  await write('embedded');
  const running = start(['--no-app', '--config', 'relay.yaml'], { ORILLA_CACHE: cache, INIT_CWD: dirname(file) });
  const [, url = ''] = await running.until(/listens on (http:\S+)/);
  await running.until(/Ready after/);
  expect(await ask(url, 'mine')).toContain('The capital of France is Paris.');
});
