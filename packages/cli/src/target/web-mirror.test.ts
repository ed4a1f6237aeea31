import { expect, test } from 'vitest';
import { collect } from '../files/collect.double.ts';
import { openMirror, openTarget } from './open-target.ts';

function mirrorWith(answer: (url: string, init?: RequestInit) => Response | Promise<Response>) {
  const fetch: typeof globalThis.fetch = async (input, init) => answer(String(input), init);
  return openMirror('https://mirror.example/models', { fetch });
}

test('files are read below the address, whatever is in their names', async () => {
  const urls: string[] = [];
  const mirror = await mirrorWith((url) => {
    urls.push(url);
    return new Response('bytes');
  });
  const stream = await mirror.readFile('a/files/deep/m 1#?.bin');
  expect((await collect(stream)).toString()).toBe('bytes');
  expect(urls).toEqual(['https://mirror.example/models/a/files/deep/m%201%23%3F.bin']);
  expect(mirror.name).toBe('https://mirror.example/models/');
});

test('it does not tell what it holds, and what it has not is absent', async () => {
  const mirror = await mirrorWith(() => new Response('', { status: 404 }));
  expect(await mirror.listFiles(null)).toBeNull();
  expect(await mirror.readFile('a/manifest.json')).toBeNull();
});

test('a refusal and a server that is not there are told', async () => {
  const busy = await mirrorWith(() => new Response('', { status: 503 }));
  await expect(busy.readFile('a')).rejects.toThrow('mirror.example answered 503 for a.');
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const gone = await mirrorWith(() => Promise.reject(new TypeError('fetch failed', { cause: refused })));
  await expect(gone.readFile('a')).rejects.toThrow("mirror.example can't be reached (ECONNREFUSED)");
});

test('an abort is an abort', async () => {
  const mirror = await mirrorWith((_, init) => Promise.reject(init?.signal?.reason));
  await expect(mirror.readFile('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

test('places that packages cannot be put to are told', async () => {
  await expect(openTarget('https://mirror.example/')).rejects.toThrow('Give a folder, or s3://bucket/prefix');
  await expect(openTarget('gs://bucket')).rejects.toThrow("can't be put to gs://bucket");
  await expect(openTarget('s3://')).rejects.toThrow();
  await expect(openTarget('s3://bucket', { s3Endpoint: 'nowhere' })).rejects.toThrow(
    '--s3-endpoint nowhere is no address',
  );
  await expect(openTarget('s3://bucket/100%')).rejects.toThrow('s3://bucket/100% has a % that stands for no character');
  expect((await openTarget('s3://bucket/100%25')).name).toBe('s3://bucket/100%/');
  expect((await openTarget('s3://bucket/a/b')).name).toBe('s3://bucket/a/b/');
  expect((await openTarget('s3://bucket')).name).toBe('s3://bucket/');
  expect((await openTarget('some/folder')).name).toBe('some/folder');
});

test.each([
  'user:hush@host.example/models',
  'hush@host.example/models',
  'host.example/models?key=hush',
  'host.example/#hush',
])('an address with more than a place in it is refused, and not told back: %s', async (address) => {
  for (const opening of [
    openMirror(`https://${address}`),
    openTarget(`s3://${address}`),
    openTarget('s3://bucket', { s3Endpoint: `https://${address}` }),
  ]) {
    const error: unknown = await opening.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ message: expect.stringContaining('must be a plain one') });
    expect(String(error)).not.toContain('hush');
  }
});
