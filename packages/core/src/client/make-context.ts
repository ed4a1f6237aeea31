import { defaultPrivacy, OrillaError, parsePrivacy } from '@orilla/contract';
import { startWorker } from '@orilla/worker/page';
import { Device } from '../device/device.ts';
import { RelayClient } from '../relay/relay-client.ts';
import type { OrillaContext } from './orilla-context.ts';
import type { OrillaOptions } from './orilla-options.ts';

const defaultStartTimeoutMs = 30_000;

/** Fills in what an app did not say, and takes the world's parts from where they usually are. */
export function makeContext(options: OrillaOptions): OrillaContext {
  const { catalog, relay } = options;
  const privacy = options.privacy === undefined ? defaultPrivacy : parsePrivacy(options.privacy);
  const way = options.device ?? {};
  const missing =
    way === false
      ? 'the device way (switched off by this app)'
      : typeof Worker === 'undefined' && !way.startWorker
        ? 'Web Workers'
        : '';
  return {
    catalog,
    privacy,
    deviceMissing: missing,
    device:
      way === false || missing
        ? null
        : new Device({
            startWorker: way.startWorker ?? startWorker,
            locks: options.locks !== undefined ? options.locks : (globalThis.navigator?.locks ?? null),
            startTimeoutMs: way.startTimeoutMs ?? defaultStartTimeoutMs,
            pageAddress: globalThis.document?.baseURI ?? globalThis.location?.href,
            memoryBudgetBytes: way.memoryBudgetBytes,
          }),
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
