import { expect, test } from 'vitest';
import { startWeightsServer } from './weights-server.ts';

const MiB = 1024 ** 2;
const weights = Uint8Array.from({ length: 4 * MiB }, (_, at) => at % 251);
const start = () =>
  startWeightsServer({
    files: new Map([
      ['index.html', new TextEncoder().encode('<p>page</p>')],
      ['model.gguf', weights],
    ]),
    isWeights: (path) => path.endsWith('.gguf'),
  });
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

test('serves the page, whole files and ranges of them', async () => {
  await using server = await start();
  const page = await fetch(server.origin);
  expect(page.headers.get('Content-Type')).toContain('text/html');
  expect(await page.text()).toBe('<p>page</p>');
  const whole = await fetch(`${server.origin}/model.gguf`);
  expect(whole.status).toBe(200);
  expect(Buffer.from(await bytesOf(whole)).equals(weights)).toBe(true);
  const part = await fetch(`${server.origin}/model.gguf`, { headers: { Range: 'bytes=7-1006' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('Content-Range')).toBe(`bytes 7-1006/${weights.length}`);
  expect(Buffer.from(await bytesOf(part)).equals(weights.subarray(7, 1007))).toBe(true);
});

test('tells a HEAD request the size and sends nothing; what is not there is 404', async () => {
  await using server = await start();
  const head = await fetch(`${server.origin}/model.gguf`, { method: 'HEAD' });
  expect(head.headers.get('Content-Length')).toBe(String(weights.length));
  expect(server.sentBytes).toBe(0);
  expect((await fetch(`${server.origin}/other.gguf`)).status).toBe(404);
});

test('counts the bytes of weights, and not those of the page', async () => {
  await using server = await start();
  await (await fetch(server.origin)).text();
  await bytesOf(await fetch(`${server.origin}/model.gguf`, { headers: { Range: 'bytes=0-999' } }));
  await bytesOf(await fetch(`${server.origin}/model.gguf`, { headers: { Range: 'bytes=5-5' } }));
  expect(server.sentBytes).toBe(1001);
});

test('the line is cut in the middle, stays cut, and after it was mended everything is counted anew', async () => {
  await using server = await start();
  const cut = server.cutAfter(2 * MiB);
  await expect(fetch(`${server.origin}/model.gguf`).then(bytesOf)).rejects.toThrow();
  await cut;
  expect(server.sentBytes).toBeGreaterThanOrEqual(2 * MiB);
  expect(server.sentBytes).toBeLessThan(3 * MiB);
  await expect(fetch(server.origin)).rejects.toThrow();
  server.mend();
  expect((await bytesOf(await fetch(`${server.origin}/model.gguf`))).length).toBe(weights.length);
  expect(server.sentBytes).toBe(weights.length);
});

test('a client that leaves does not bring it down', async () => {
  await using server = await start();
  const response = await fetch(`${server.origin}/model.gguf`);
  await response.body?.cancel();
  expect((await fetch(server.origin)).status).toBe(200);
});

test('a line of a width lets no more through, over all connections together', async () => {
  await using server = await start();
  server.pace(16 * MiB);
  const beganMs = performance.now();
  await Promise.all([1, 2].map(async () => bytesOf(await fetch(`${server.origin}/model.gguf`))));
  expect(performance.now() - beganMs).toBeGreaterThan(450);
  server.pace(null);
});
