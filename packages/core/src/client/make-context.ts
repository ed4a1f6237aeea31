import { defaultPrivacy, OrillaError, parsePrivacy } from '@orilla/contract';
import { RelayClient } from '../relay/relay-client.ts';
import { deviceWay } from './device-way.ts';
import type { OrillaContext } from './orilla-context.ts';
import type { OrillaOptions } from './orilla-options.ts';

/** Fills in what an app did not say, and takes the world's parts from where they usually are. */
export function makeContext(options: OrillaOptions): OrillaContext {
  const { catalog, relay } = options;
  const privacy = options.privacy === undefined ? defaultPrivacy : parsePrivacy(options.privacy);
  return {
    catalog,
    privacy,
    ...deviceWay(options),
    relay: relay
      ? new RelayClient(relay, { fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)) })
      : null,
    now: options.now ?? Date.now,
    randomId:
      options.randomId ??
      (() =>
        crypto.getRandomValues(new Uint32Array(4)).reduce((id, word) => id + word.toString(16).padStart(8, '0'), '')),
  };
}

/** @throws OrillaError `routing.nowhere` */
export function requireRelay({ relay }: OrillaContext): RelayClient {
  if (relay) return relay;
  throw new OrillaError('routing.nowhere', 'This app has no relay.', { advice: 'Give createOrilla a relay.' });
}
