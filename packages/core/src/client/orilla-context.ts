import {
  type Catalog,
  type CatalogModel,
  OrillaError,
  type Privacy,
  parseOrillaFields,
  parsePrivacy,
  strictest,
} from '@orilla/contract';
import type { Device } from '../device/device.ts';
import type { Packages } from '../packages/packages.ts';
import type { RelayClient } from '../relay/relay-client.ts';
import type { CallOptions } from './orilla-options.ts';

/** What every call of one client shares. */
export interface OrillaContext {
  readonly catalog: Catalog;
  readonly device: Device | null;
  /** What this app or browser lacks, where `device` is null. */
  readonly deviceMissing: string;
  readonly packages: Packages;
  readonly relay: RelayClient | null;
  readonly privacy: Privacy;
  readonly now: () => number;
  readonly randomId: () => string;
  /** Ends the worker; everything pending is rejected. */
  close(): void;
}

/** @throws OrillaError `catalog.unknown-model` */
export function findModel(catalog: Catalog, name: string): CatalogModel {
  const model = Object.hasOwn(catalog.models, name) ? catalog.models[name] : undefined;
  if (model) return model;
  throw new OrillaError('catalog.unknown-model', 'This app has no model of the name that was asked for.', {
    advice: `It has: ${Object.keys(catalog.models).join(', ')}.`,
    param: 'model',
  });
}

/**
 * The strictest of what the app, the request's body and the call say. The latter two come from code whose types nobody may have checked.
 * @throws OrillaError `protocol.bad-privacy-header`
 */
export function effectivePrivacy(app: Privacy, body: { readonly orilla?: unknown }, call: CallOptions): Privacy {
  const fromBody = body.orilla === undefined ? undefined : parseOrillaFields(body.orilla).privacy;
  const fromCall = call.privacy === undefined ? undefined : parsePrivacy(call.privacy);
  return [fromBody, fromCall].reduce<Privacy>((all, next) => (next ? strictest(all, next) : all), app);
}
