import { decodePercent } from './decode-percent.ts';

/** A place on a hub: `hf:owner/name@revision/path`. */
export interface HubAddress {
  readonly repository: string;
  readonly revision: string;
  /** A file, or a folder, of the repository; empty for all of it. */
  readonly path: string;
}

/** Takes an address apart; the revision is `main` where none is given. A `/` in a revision is written `%2F`. @throws Error for another form */
export function parseHubAddress(address: string): HubAddress {
  const match = /^hf:(?<repository>[\w.-]+\/[\w.-]+)(@(?<revision>[^/@]+))?(\/(?<path>.+?)\/*)?$/.exec(address);
  const { repository, revision = 'main', path = '' } = match?.groups ?? {};
  if (!repository || path.split('/').includes('..'))
    throw new Error(`${address} is no place on a hub. Give hf:owner/name@revision, or hf:owner/name@revision/path.`);
  return { repository, revision: decodePercent(revision, address), path };
}
