import { type ListFileEntry, listFiles, type ModelEntry, modelInfo } from '@huggingface/hub';
import { isRelativePath } from '@orilla/contract';
import { parseSplitName } from '../model/gguf/split-name.ts';
import { checkGitBlob } from './check-git-blob.ts';
import type { FileSource, SourceFile } from './file-source.ts';
import type { HubAddress } from './hub-address.ts';
import { explainHubError } from './hub-error.ts';
import { withToken } from './hub-fetch.ts';
import { readHubFile } from './read-hub-file.ts';

export const defaultHubUrl = 'https://huggingface.co';

export interface HubOptions {
  readonly hubUrl?: string | undefined;
  /** Opens what not everybody may read. Goes to the hub's own origin only. */
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** Before another try, in milliseconds; doubled each time. */
  readonly retryDelayMs?: number;
}

/** No repository of a model has more. */
const maxFiles = 10_000;

/**
 * A repository on a hub, or a file or folder of it, at the commit that its revision names now: what is read later is of the same one.
 * @throws Error where the hub does not have it, does not let us in, or can't be reached; AbortError
 */
export async function openHubSource(address: HubAddress, options: HubOptions = {}): Promise<FileSource> {
  const { signal, fetch = globalThis.fetch, token } = options;
  const hubUrl = (options.hubUrl ?? defaultHubUrl).replace(/\/+$/, '');
  const name = `hf:${address.repository}@${address.revision}${address.path && `/${address.path}`}`;
  const hubFetch = withToken(fetch, hubUrl, token, signal);
  const repo = { type: 'model', name: address.repository } as const;
  try {
    const { sha, cardData, ...info } = await modelInfo({
      name: address.repository,
      revision: address.revision,
      additionalFields: ['sha', 'cardData'],
      hubUrl,
      fetch: hubFetch,
    });
    const revision = typeof sha === 'string' && sha !== '' ? sha : address.revision;
    const found: ListFileEntry[] = [];
    for await (const entry of listFiles({ repo, revision, recursive: true, hubUrl, fetch: hubFetch })) {
      if (entry.type === 'file') found.push(entry);
      if (found.length > maxFiles) throw new Error(`${name} has more than ${maxFiles} files. Give a path in it.`);
    }
    const { folder, files, gitBlobs } = below(address.path, found, name);
    const full = (path: string) => (folder === '' ? path : `${folder}/${path}`);
    return {
      name,
      modelName: files.length === 1 && address.path !== '' ? address.path.replace(/^.*\//, '') : modelName(address),
      files,
      ...licenseOf(cardData),
      ...(isOpenToAll(hubUrl, info) && { hub: { repository: address.repository, revision, folder } }),
      read(path, reading = {}) {
        const stream = readHubFile({ repo, path: full(path), revision, hubUrl }, { ...options, fetch, ...reading });
        const inGit = gitBlobs.get(path);
        // The hash is one of all of it.
        return inGit && !reading.start ? checkGitBlob(stream, { ...inGit, name: `${name}, ${path},` }) : stream;
      },
    };
  } catch (error) {
    throw signal?.aborted ? signal.reason : explainHubError(error, name);
  }
}

function modelName({ repository, path }: HubAddress): string {
  return path === '' ? repository.replace(/^.*\//, '') : path.replace(/^.*\//, '');
}

/** The files of a folder, named from there; or one file, with the other parts where it is split. */
function below(path: string, entries: readonly ListFileEntry[], name: string) {
  const isFile = entries.some((entry) => entry.path === path);
  const folder = isFile ? path.split('/').slice(0, -1).join('/') : path;
  const start = folder === '' ? '' : `${folder}/`;
  const split = parseSplitName(path)?.model;
  const escaping = entries.find((entry) => !isRelativePath(entry.path));
  if (escaping) throw new Error(`${name} lists the path ${JSON.stringify(escaping.path)}, which no folder can have.`);
  const chosen = entries.filter(
    (entry) =>
      entry.path.startsWith(start) &&
      (!isFile || entry.path === path || (split !== undefined && parseSplitName(entry.path)?.model === split)),
  );
  if (chosen.length === 0) throw new Error(`${name} is neither a file nor a folder there.`);
  const files = chosen.map(({ path: full, size, lfs }): SourceFile => {
    const sha256 = lfs?.oid.replace(/^sha256:/, '');
    return { path: full.slice(start.length), bytes: lfs?.size ?? size, ...(sha256 !== undefined && { sha256 }) };
  });
  // What is in LFS has its SHA-256; the rest, which hubs keep in Git itself, has the hash that Git gives it.
  const gitBlobs = new Map(
    chosen.flatMap(({ path: full, size, oid, lfs }) =>
      lfs || oid === undefined ? [] : [[full.slice(start.length), { oid, bytes: size }] as const],
    ),
  );
  return { folder, files, gitBlobs };
}

/** A hub of one's own, and what asks for a token, is nothing that a catalog could send every browser to. */
function isOpenToAll(hubUrl: string, { private: isPrivate, gated }: Pick<ModelEntry, 'private' | 'gated'>): boolean {
  return hubUrl === defaultHubUrl && isPrivate === false && gated === false;
}

/** A model card says it as one word, or as a list of them. */
function licenseOf(cardData: unknown): { readonly license?: string } {
  if (typeof cardData !== 'object' || cardData === null || !('license' in cardData)) return {};
  const { license } = cardData;
  const [first] = Array.isArray(license) ? license : [license];
  return typeof first === 'string' ? { license: first } : {};
}
