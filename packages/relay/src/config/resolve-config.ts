import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Catalog, defaultPrivacy } from '@orilla/contract';
import { parseListen } from './address.ts';
import type { ConfigInput } from './config-schema.ts';
import { readCatalog } from './read-catalog.ts';
import { secretOf } from './read-secret.ts';
import type { KeyConfig, ModelConfig, RelayConfig, UpstreamConfig } from './relay-config.ts';
import { resolveMirror } from './resolve-mirror.ts';
import type { RuleContext } from './rules/rule.ts';
import { toPrivacy } from './to-privacy.ts';

/** Fills in what a checked configuration leaves open and reads its secrets. All rules have held. */
export async function resolveConfig(input: ConfigInput, context: RuleContext): Promise<RelayConfig> {
  // Labels stay as they are written: what a request may do is narrowed where principals are made, and only there.
  const privacy = {
    ceiling: toPrivacy(input.privacy.ceiling ?? defaultPrivacy.label),
    default: toPrivacy(input.privacy.default ?? defaultPrivacy.label),
  };
  return {
    listen: typeof input.listen === 'string' ? readListen(input.listen) : input.listen,
    hosts: input.hosts,
    access: {
      keys: await Promise.all(input.access.keys.map((key) => resolveKey(key, privacy, context))),
      cors: input.access.cors,
    },
    upstreams: await Promise.all(input.upstreams.map((upstream) => resolveUpstream(upstream, context))),
    models: resolveModels(input),
    limits: input.limits,
    privacy,
    mirror: input.mirror && (await resolveMirror(input.mirror, context)),
    app: input.app && { ...input.app, folder: resolve(context.folder, input.app.folder) },
    catalog: input.catalog && (await catalogOf(input.catalog.file, context)),
  };
}

function readListen(value: string): RelayConfig['listen'] {
  const listen = parseListen(value);
  if (!listen) throw new Error('The schema let an address through that cannot be read.');
  return listen;
}

async function resolveKey(
  key: ConfigInput['access']['keys'][number],
  relay: RelayConfig['privacy'],
  context: RuleContext,
): Promise<KeyConfig> {
  const sha256 = key.keyFrom
    ? createHash('sha256')
        .update(await secretOf(key.keyFrom, context))
        .digest()
    : Buffer.from(key.sha256 ?? '', 'hex');
  const ceiling = key.ceiling ? toPrivacy(key.ceiling) : relay.ceiling;
  return { name: key.name, sha256, ceiling, default: key.default ? toPrivacy(key.default) : relay.default };
}

async function resolveUpstream(
  upstream: ConfigInput['upstreams'][number],
  context: RuleContext,
): Promise<UpstreamConfig> {
  const { name, kind, zone, region, embedded } = upstream;
  return {
    name,
    kind,
    url: upstream.url === undefined ? null : new URL(upstream.url),
    zone,
    region,
    apiKey: upstream.apiKeyFrom && (await secretOf(upstream.apiKeyFrom, context)),
    embedded: embedded && {
      modelPath: resolve(context.folder, embedded.model),
      contextLength: embedded.contextLength,
      threads: embedded.threads ?? defaultThreads(),
      sequences: embedded.sequences,
    },
  };
}

/**
 * One core is left to the rest: threads of the native code wait for each other by spinning, so one that has to share its
 * core holds all of them up (measured on two busy cores: 70 tokens a second on one thread, 7 on two). More than four
 * gain little.
 */
export function defaultThreads(processors: number = availableParallelism()): number {
  return Math.max(1, Math.min(4, processors - 1));
}

/** Entries of `models`, then what upstreams list themselves, under the same name there. */
function resolveModels(input: ConfigInput): readonly ModelConfig[] {
  const described = input.models.map(
    ({ name, upstreams, contextLength }): ModelConfig => ({
      name,
      upstreams: upstreams.map((reference) =>
        typeof reference === 'string'
          ? { upstream: reference, model: name }
          : { upstream: reference.name, model: reference.model },
      ),
      contextLength,
    }),
  );
  const listed = Map.groupBy(
    input.upstreams.flatMap(({ name, models = [] }) => models.map((model) => ({ upstream: name, model }))),
    ({ model }) => model,
  );
  return [
    ...described,
    ...[...listed].map(([name, upstreams]): ModelConfig => ({ name, upstreams, contextLength: undefined })),
  ];
}

async function catalogOf(file: string, context: RuleContext): Promise<Catalog> {
  const result = await readCatalog(file, context);
  if ('problem' in result) throw new Error('A catalog that could be read a moment ago is gone. Start again.');
  return result.catalog;
}
