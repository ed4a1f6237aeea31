import { expect, type Page, test } from '@playwright/test';
import { storedChunks } from '../../faults/stored-chunks.ts';
import { makePackage, sampleBytes, withoutChunks } from '../../fixtures/worker-page/make-package.ts';
import {
  type Fault,
  type MirrorRequest,
  type MirrorServer,
  startMirrorServer,
} from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

// Whatever a source sends: what is stored is what the manifest names, the source that sent something else is named, and the next one is asked.

const chunkBytes = 64 * 1024;
const chunks = 8;
const content = sampleBytes(chunks * chunkBytes);
const older = sampleBytes(chunks * chunkBytes, 99);

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

const isFile = ({ path }: MirrorRequest) => path.includes('/files/');
const isChunk = (index: number) => (request: MirrorRequest) =>
  isFile(request) && request.range?.startsWith(`bytes=${index * chunkBytes}-`) === true;

interface Poison {
  readonly what: string;
  readonly fault: Fault;
  /** What the error says of the source. */
  readonly says: RegExp;
}

const poisons: readonly Poison[] = [
  { what: 'a flipped byte', fault: { kind: 'flip', at: 77 }, says: /other bytes than the manifest names/ },
  { what: 'a truncated chunk, honestly declared', fault: { kind: 'truncate', bytes: 1_000 }, says: /./ },
  { what: 'a chunk that ends early', fault: { kind: 'drop', afterBytes: 1_000 }, says: /broke off/ },
  {
    what: 'the next chunk in its place, under a lying Content-Range',
    fault: { kind: 'other-bytes', shift: chunkBytes },
    says: /other bytes than the manifest names/,
  },
  { what: 'a Content-Range of another part', fault: { kind: 'other-range' }, says: /another part of the file/ },
  {
    what: 'the chunk of an old version',
    fault: { kind: 'other-bytes', content: older },
    says: /other bytes than the manifest names/,
  },
  { what: 'a web page with status 200', fault: { kind: 'html', status: 200 }, says: /web page/ },
  { what: 'a web page with status 206', fault: { kind: 'html', status: 206 }, says: /web page/ },
  { what: 'a wrong length', fault: { kind: 'declare-length', length: chunkBytes + 1 }, says: /./ },
];

async function setUp(page: Page, fault: (request: MirrorRequest) => Fault | null) {
  const made = await makePackage({ id: 'sample', content, chunkBytes });
  const poisoned = await startMirrorServer({ files: made.served });
  poisoned.misbehave = fault;
  const download = (...sources: readonly MirrorServer[]) =>
    page.evaluate((pkg) => window.harness.download(pkg), made.describe(...sources.map(({ url }) => url)));
  return { made, poisoned, download };
}

for (const { what, fault, says } of poisons) {
  test(`${what} is refused, its source is named, and nothing of it is stored`, async ({ context }) => {
    const page = await openWorkerPage(context, server.url);
    const { made, poisoned, download } = await setUp(page, (request) => (isChunk(3)(request) ? fault : null));
    await using _ = poisoned;
    const { error } = await download(poisoned);
    expect(error).toMatchObject({ kind: 'orilla', code: expect.stringMatching(/^storage\./) });
    expect(error?.message).toContain(new URL(poisoned.url).origin);
    expect(error?.message).toMatch(says);
    const stored = await storedChunks(page);
    expect(stored.filter(({ isIntact }) => !isIntact)).toEqual([]);
    expect(stored.map(({ sha256 }) => sha256)).not.toContain(made.manifest.files[0]?.chunks?.[3]?.sha256);
  });

  test(`${what} from one source: the next source is tried`, async ({ context }) => {
    const page = await openWorkerPage(context, server.url);
    const { made, poisoned, download } = await setUp(page, (request) => (isChunk(3)(request) ? fault : null));
    await using _ = poisoned;
    await using good = await startMirrorServer({ files: made.served });
    expect((await download(poisoned, good)).error).toBeNull();
    expect(good.requests.filter(isChunk(3))).toHaveLength(1);
    expect((await storedChunks(page)).filter(({ isIntact }) => isIntact)).toHaveLength(chunks);
  });
}

test('a server that compresses what it sends: the bytes count, not the length it declares', async ({ context }) => {
  const page = await openWorkerPage(context, server.url);
  const { made, poisoned, download } = await setUp(page, (request) => (isFile(request) ? { kind: 'gzip' } : null));
  await using _ = poisoned;
  await using good = await startMirrorServer({ files: made.served });
  // A compressed range is a range of nobody knows what; whichever way it is taken, nothing wrong is stored. A browser may show nothing at
  // all of such an answer, so that the only source would seem to be silent, and be waited for.
  expect((await download(poisoned, good)).error).toBeNull();
  const stored = await storedChunks(page);
  expect(stored.map(({ isIntact }) => isIntact)).toEqual(Array.from({ length: chunks }, () => true));
});

test('a server that ignores Range is read once, from its beginning to its end', async ({ context }) => {
  const page = await openWorkerPage(context, server.url);
  const { poisoned, download } = await setUp(page, (request) => (isFile(request) ? { kind: 'ignore-range' } : null));
  await using _ = poisoned;
  expect((await download(poisoned)).error).toBeNull();
  expect((await storedChunks(page)).filter(({ isIntact }) => isIntact)).toHaveLength(chunks);
  // Two ranges were asked for at the same time before it was known; from then on there is one stream.
  expect(poisoned.requests.filter(isFile).length).toBeLessThanOrEqual(3);
});

test('a redirect to another server is followed', async ({ context }) => {
  const page = await openWorkerPage(context, server.url);
  const { made, poisoned, download } = await setUp(page, () => null);
  await using _ = poisoned;
  await using elsewhere = await startMirrorServer({ files: made.served });
  poisoned.misbehave = (request) => (isFile(request) ? { kind: 'redirect', to: elsewhere.url + request.path } : null);
  expect((await download(poisoned)).error).toBeNull();
  expect(elsewhere.sentFileBytes).toBe(content.length);
});

test('poison behind a redirect: the source that led there is named, and the next one is asked', async ({ context }) => {
  const page = await openWorkerPage(context, server.url);
  const { made, poisoned, download } = await setUp(page, () => null);
  await using _ = poisoned;
  await using elsewhere = await startMirrorServer({ files: made.served });
  await using good = await startMirrorServer({ files: made.served });
  elsewhere.misbehave = (request) => (isChunk(3)(request) ? { kind: 'flip', at: 77 } : null);
  poisoned.misbehave = (request) => (isFile(request) ? { kind: 'redirect', to: elsewhere.url + request.path } : null);
  const { error } = await download(poisoned);
  expect(error).toMatchObject({ kind: 'orilla', code: 'storage.corrupt-chunk' });
  expect(error?.message).toContain(new URL(poisoned.url).origin);
  expect((await storedChunks(page)).filter(({ isIntact }) => !isIntact)).toEqual([]);
  expect((await download(poisoned, good)).error).toBeNull();
  expect(good.requests.filter(isChunk(3))).toHaveLength(1);
  expect((await storedChunks(page)).filter(({ isIntact }) => isIntact)).toHaveLength(chunks);
});

test('a file without chunks in the manifest: nothing of a wrong one stays or is opened, and the next source gives it', async ({
  context,
}) => {
  const page = await openWorkerPage(context, server.url);
  const made = withoutChunks(await makePackage({ id: 'sample', content, chunkBytes }));
  await using poisoned = await startMirrorServer({ files: made.served });
  await using good = await startMirrorServer({ files: made.served });
  poisoned.misbehave = (request) => (isFile(request) ? { kind: 'flip', at: 77 } : null);
  const download = (...sources: readonly MirrorServer[]) =>
    page.evaluate((pkg) => window.harness.download(pkg), made.describe(...sources.map(({ url }) => url)));
  const { error } = await download(poisoned);
  expect(error).toMatchObject({ kind: 'orilla', code: 'storage.corrupt-chunk' });
  expect(error?.message).toContain(new URL(poisoned.url).origin);
  expect(await storedChunks(page)).toEqual([]);
  expect(await page.evaluate(() => window.harness.listPackages())).toEqual([]);
  expect((await download(poisoned, good)).error).toBeNull();
  expect(good.sentFileBytes).toBe(content.length);
  expect(await page.evaluate(() => window.harness.readPackage('sample'))).toBe(content.length);
});
