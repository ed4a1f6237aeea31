import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { AddressBook } from './address-book.ts';
import { type FileAddress, openFile } from './open-file.ts';
import { bytesResponse, type Served, type WebRequest, webDouble } from './web.double.ts';

const url = 'https://mirror.test/files/model.gguf';
const presigned = (name: string) => `https://s3.test/bucket/model.gguf?X-Amz-Signature=${name}`;
const content = sampleBytes(1_000);
const file = { url, fileBytes: 1_000 };
const signal = new AbortController().signal;

const withHeaders = (response: Response, headers: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
};

/** Serves the file as a server does that knows `If-Range`. */
const tagged =
  (tag: () => string | null) =>
  (request: WebRequest): Response => {
    const etag = tag();
    const asked = request.headers.get('If-Range');
    const range = asked === null || asked === etag ? request.range : null;
    return withHeaders(bytesResponse(content, { range }), etag === null ? {} : { ETag: etag });
  };

const crossOrigin = (response: Response) => Object.defineProperty(response, 'type', { value: 'cors' });

function openWorld(served: Readonly<Record<string, Served>> | null) {
  const network = webDouble(served);
  const addresses = new AddressBook();
  const ask = async (start: number, how: Partial<FileAddress> = {}) => {
    const { response, drop } = await openFile(
      { ...file, ...how },
      { start, end: start + 99 },
      { network, signal, addresses },
    );
    const bytes = new Uint8Array(await response.arrayBuffer());
    drop();
    return { status: response.status, bytes };
  };
  return { network, addresses, ask };
}
const ifRanges = (requests: readonly WebRequest[]) => requests.map(({ headers }) => headers.get('If-Range'));
const urls = (requests: readonly WebRequest[]) => requests.map((request) => request.url);

test('from the second time on a file is asked for by the tag that it had the first time', async () => {
  const { network, ask } = openWorld({ [url]: tagged(() => '"v1"') });
  await ask(0);
  await ask(100);
  expect((await ask(200)).bytes).toEqual(content.slice(200, 300));
  expect(ifRanges(network.requests)).toEqual([null, '"v1"', '"v1"']);
});

test('without a tag that can be read, or with a weak one, nothing is asked by it', async () => {
  for (const tag of [null, 'W/"v1"']) {
    const { network, ask } = openWorld({ [url]: tagged(() => tag) });
    await ask(0);
    await ask(100);
    expect(ifRanges(network.requests)).toEqual([null, null]);
  }
});

const replacements: readonly (readonly [string, Served])[] = [
  ['sends the whole of another one', tagged(() => '"v2"')],
  ['sends the whole of one without a tag', () => bytesResponse(content, { range: null })],
  [
    'does not know If-Range, and sends a part of another one',
    (request) => withHeaders(bytesResponse(content, request), { ETag: '"v2"' }),
  ],
];
test.each(replacements)('a file that was replaced is noticed where the server %s', async (_, later) => {
  const { network, ask } = openWorld({ [url]: tagged(() => '"v1"') });
  await ask(0);
  network.serve({ [url]: later });
  await expect(ask(100)).rejects.toMatchObject({
    name: 'Refusal',
    message: 'https://mirror.test has another file there now: it was replaced during the download',
  });
});

test('where each part has a hash of its own, two servers behind one name may call the file by two tags', async () => {
  let asked = 0;
  const { network, ask } = openWorld({
    [url]: (request) => {
      asked += 1;
      return tagged(() => `"server ${asked % 2}"`)(request);
    },
  });
  for (const start of [0, 100, 200])
    expect(await ask(start, { isHashed: true })).toEqual({ status: 206, bytes: content.slice(start, start + 100) });
  expect(ifRanges(network.requests)).toEqual([null, null, null]);
});

test('a server that ignores Range altogether has replaced nothing, as its tag says', async () => {
  const { network, ask } = openWorld({ [url]: tagged(() => '"v1"') });
  await ask(0);
  network.serve({ [url]: () => withHeaders(bytesResponse(content, { range: null }), { ETag: '"v1"' }) });
  expect((await ask(100)).status).toBe(200);
});

test('another origin is not asked by the tag, which would take a preflight each time; tags are compared', async () => {
  let tag = '"v1"';
  const { network, ask } = openWorld({
    [url]: (request) => crossOrigin(withHeaders(bytesResponse(content, request), { ETag: tag })),
  });
  await ask(0);
  expect((await ask(100)).bytes).toEqual(content.slice(100, 200));
  expect(ifRanges(network.requests)).toEqual([null, null]);
  tag = '"v2"';
  await expect(ask(200)).rejects.toThrow('was replaced');
});

/** A mirror that sends on to a new presigned address each time; `isValid` says which of them still count. */
function presigningWorld(refuse: (request: WebRequest) => Response = () => new Response('', { status: 403 })) {
  let signed = 0;
  const expired = new Set<string>();
  const s3: Served = (request) => (expired.has(request.url) ? refuse(request) : bytesResponse(content, request));
  const mirror: Served = () => {
    signed += 1;
    return new Response(null, { status: 307, headers: { Location: presigned(`k${signed}`) } });
  };
  const names = [1, 2, 3].map((index) => presigned(`k${index}`));
  const world = openWorld({ [url]: mirror, ...Object.fromEntries(names.map((name) => [name, s3])) });
  return { ...world, expire: (name: string) => expired.add(presigned(name)) };
}

test('where a file was redirected to is asked directly from then on', async () => {
  const { network, ask } = presigningWorld();
  await ask(0);
  await ask(100);
  expect((await ask(200)).bytes).toEqual(content.slice(200, 300));
  expect(urls(network.requests)).toEqual([url, presigned('k1'), presigned('k1'), presigned('k1')]);
});

test.each([400, 401, 403, 404, 410])(
  'a redirect that has expired (status %i) is asked for again, as if nothing were',
  async (status) => {
    const { network, ask, expire } = presigningWorld(() => new Response('', { status }));
    await ask(0);
    expire('k1');
    expect((await ask(100)).bytes).toEqual(content.slice(100, 200));
    await ask(200);
    expect(urls(network.requests).slice(2)).toEqual([presigned('k1'), url, presigned('k2'), presigned('k2')]);
  },
);

test('so is one that is refused without CORS, so that a browser shows no status', async () => {
  const { ask, expire } = presigningWorld(() => {
    throw new TypeError('Failed to fetch');
  });
  await ask(0);
  expire('k1');
  expect((await ask(100)).bytes).toEqual(content.slice(100, 200));
});

test('a new redirect that is refused at once is a refusal, with the name of the mirror and no signature', async () => {
  const { network, ask, expire } = presigningWorld();
  await ask(0);
  for (const name of ['k1', 'k2', 'k3']) expire(name);
  const failing = ask(100);
  await expect(failing).rejects.toMatchObject({ message: 'https://mirror.test answered with status 403' });
  expect(network.requests).toHaveLength(5);
});

test('an overloaded store is not asked for by another way: it would only have more to do', async () => {
  const { network, ask, expire } = presigningWorld(() => new Response('', { status: 503 }));
  await ask(0);
  expire('k1');
  await expect(ask(100)).rejects.toMatchObject({
    name: 'Interruption',
    message: 'https://mirror.test answered with status 503',
  });
  expect(network.requests).toHaveLength(3);
});

test('a redirect to a login page is not remembered', async () => {
  const login = 'https://mirror.test/login';
  const page = () => new Response('<h1>', { headers: { 'Content-Type': 'text/html' } });
  const { network, ask } = openWorld({
    [url]: () => new Response(null, { status: 302, headers: { Location: login } }),
    [login]: page,
  });
  await expect(ask(0)).rejects.toThrow('answered with a web page');
  await expect(ask(0)).rejects.toThrow('answered with a web page');
  expect(urls(network.requests)).toEqual([url, login, url, login]);
});

test('an abort while the redirect is asked is thrown as it is', async () => {
  const { network, addresses } = openWorld({ [url]: content });
  addresses.of(url).redirectedTo = presigned('k1');
  const aborted = AbortSignal.abort();
  const opening = openFile(file, null, { network, signal: aborted, addresses });
  await expect(opening).rejects.toBe(aborted.reason);
});

test('the length that another origin announces is not judged: it may be that of compressed bytes', async () => {
  const answer = () => crossOrigin(new Response(content, { headers: { 'Content-Length': '12' } }));
  const { network, addresses } = openWorld({ [url]: answer });
  const { response } = await openFile(file, null, { network, signal, addresses });
  expect(response.status).toBe(200);
});
