import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubRepository {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly license?: string | readonly string[];
  /** Only with this token. */
  readonly token?: string;
  readonly isPrivate?: boolean;
}

export interface HubDoubleOptions {
  readonly repositories: Readonly<Record<string, HubRepository>>;
  /** Files of this many bytes and more are in Git LFS: their SHA-256 is told. Default: 1,000. */
  readonly lfsBytes?: number;
}

/** A request that the hub got, in order. */
export interface HubRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface HubFault {
  readonly cutAfter?: number;
  readonly status?: number;
  /** Sends what lies so many bytes behind what was asked for, and says so. */
  readonly shiftBy?: number;
}

export interface HubDouble extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly HubRequest[];
  readonly commit: string;
  /** Called for each answer with a file's bytes: cuts the connection after as many, or answers a status. */
  fault: ((request: HubRequest) => HubFault | undefined) | undefined;
  /** What the store behind the hub gives in place of a file's bytes. */
  readonly damaged: Map<string, Uint8Array>;
}

const commit = 'c0ffee0123456789c0ffee0123456789c0ffee01';
const treePage = 2;

/**
 * A hub of models on loopback that speaks as the public one does: a tree in pages with the SHA-256 of what is in Git LFS, model cards,
 * files that are redirected to a store on another origin with signed addresses, Range. For tests.
 */
export async function startHub({ repositories, lfsBytes = 1_000 }: HubDoubleOptions): Promise<HubDouble> {
  const requests: HubRequest[] = [];
  const damaged = new Map<string, Uint8Array>();
  const hub = { url: '', requests, commit, damaged, fault: undefined as HubDouble['fault'] };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub');
    const { range, authorization } = request.headers;
    const noted = { path: pathname, range, authorization };
    requests.push(noted);
    answer(request, response, decodeURIComponent(pathname), searchParams, noted);
  });
  // The store is the same server under its other name: to a client another origin.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  hub.url = `http://127.0.0.1:${port}`;
  const store = `http://localhost:${port}`;

  function answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
    noted: HubRequest,
  ): unknown {
    const [, api, name, revision, rest] =
      /^\/(api\/models\/)?([^/]+\/[^/]+)\/(?:tree|resolve|revision|store)\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    const repository = repositories[name ?? ''];
    if (!repository || !revision || !['main', commit, 'refs%2Fpr%2F1'].includes(revision))
      return fail(response, 404, 'RepoNotFound');
    const isStore = path.includes('/store/');
    if (!isStore && repository.token !== undefined && request.headers.authorization !== `Bearer ${repository.token}`)
      return fail(response, 401, 'GatedRepo');
    if (api && path.includes('/revision/')) return json(response, { ...card(name ?? '', repository), sha: commit });
    if (api) return tree(response, name ?? '', repository, query);
    const content = repository.files[rest ?? ''];
    if (content === undefined) return fail(response, 404, 'EntryNotFound');
    if (!isStore && Buffer.byteLength(content) >= lfsBytes) {
      const headers = { location: `${store}/${name}/store/${revision}/${rest}?X-Signature=secret` };
      response.writeHead(302, { ...headers, 'x-linked-size': String(Buffer.byteLength(content)) }).end();
      return;
    }
    sendFile(response, Buffer.from(damaged.get(rest ?? '') ?? content), noted);
  }

  function tree(response: ServerResponse, name: string, { files }: HubRepository, query: URLSearchParams): void {
    const entries = Object.entries(files).map(([path, content]) => {
      const size = Buffer.byteLength(content);
      const oid = createHash('sha256').update(content).digest('hex');
      return {
        type: 'file',
        path,
        size,
        oid: gitBlob(content),
        ...(size >= lfsBytes && { lfs: { oid, size, pointerSize: 130 } }),
      };
    });
    const folders = [
      ...new Set(entries.filter(({ path }) => path.includes('/')).map(({ path }) => path.split('/')[0])),
    ];
    const all = [...folders.map((path) => ({ type: 'directory', path, size: 0, oid: '2' })), ...entries];
    const start = Number(query.get('cursor') ?? 0);
    const next = start + treePage;
    const link = `<${hub.url}/api/models/${name}/tree/${commit}?recursive=true&cursor=${next}>; rel="next"`;
    json(response, all.slice(start, next), next < all.length ? { link } : {});
  }

  function sendFile(response: ServerResponse, bytes: Buffer, noted: HubRequest): unknown {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(noted.range ?? '');
    const [start, end] = [Number(asked?.[1] ?? 0), Math.min(bytes.length, Number(asked?.[2] || bytes.length - 1) + 1)];
    const { status, cutAfter, shiftBy = 0 } = hub.fault?.(noted) ?? {};
    if (status !== undefined) return fail(response, status, 'Fault');
    const part = bytes.subarray(start + shiftBy, end);
    response.writeHead(asked ? 206 : 200, {
      etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
      'content-length': String(part.length),
      ...(asked && { 'content-range': `bytes ${start + shiftBy}-${end - 1}/${bytes.length}` }),
    });
    if (cutAfter === undefined) response.end(part);
    else response.write(part.subarray(0, cutAfter), () => response.destroy());
  }

  return Object.assign(hub, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** A fetch to which the double is the public hub. */
export function asPublicHub({ url }: Pick<HubDouble, 'url'>): typeof fetch {
  const address = 'https://huggingface.co';
  return async (input, init) => {
    const asked = String(input instanceof Request ? input.url : input);
    const response = await fetch(asked.replace(address, url), init);
    const link = response.headers.get('link');
    if (link === null) return response;
    const headers = { ...Object.fromEntries(response.headers), link: link.replaceAll(url, address) };
    return new Response(response.body, { status: response.status, headers });
  };
}

function gitBlob(content: Uint8Array | string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}

function card(name: string, { license, token, isPrivate = false }: HubRepository): object {
  const gated = token === undefined ? false : 'auto';
  const facts = { _id: '1', id: name, private: isPrivate, gated, downloads: 1, likes: 1 };
  return { ...facts, lastModified: '2024-01-01T00:00:00Z', ...(license !== undefined && { cardData: { license } }) };
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-error-code': code });
  response.end(JSON.stringify({ error: `${code}: see http://store/?X-Signature=secret` }));
}
