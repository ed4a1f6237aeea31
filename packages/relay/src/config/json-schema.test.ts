import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type JsonSchema, keysAt, relayJsonSchema } from './json-schema.ts';

test('the published relay.schema.json is current (npx orilla-relay schema writes a new one)', async () => {
  const published: unknown = JSON.parse(await readFile(new URL('../../relay.schema.json', import.meta.url), 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(relayJsonSchema())));
});

test('these are all settings there are: a change here is a change that people must be told of', () => {
  expect([...new Set(settings(relayJsonSchema()))]).toEqual([
    'listen',
    'listen.host',
    'listen.port',
    'hosts',
    'access',
    'access.keys',
    'access.keys[].name',
    'access.keys[].sha256',
    'access.keys[].keyFrom',
    'access.keys[].keyFrom.env',
    'access.keys[].keyFrom.file',
    'access.keys[].ceiling',
    'access.keys[].ceiling.label',
    'access.keys[].ceiling.zones',
    'access.keys[].ceiling.regions',
    'access.keys[].default',
    'access.keys[].default.label',
    'access.keys[].default.zones',
    'access.keys[].default.regions',
    'access.cors',
    'access.cors.origins',
    'upstreams',
    'upstreams[].name',
    'upstreams[].kind',
    'upstreams[].url',
    'upstreams[].zone',
    'upstreams[].region',
    'upstreams[].apiKeyFrom',
    'upstreams[].apiKeyFrom.env',
    'upstreams[].apiKeyFrom.file',
    'upstreams[].models',
    'upstreams[].embedded',
    'upstreams[].embedded.model',
    'upstreams[].embedded.contextLength',
    'upstreams[].embedded.threads',
    'upstreams[].embedded.sequences',
    'models',
    'models[].name',
    'models[].upstreams',
    'models[].upstreams[].name',
    'models[].upstreams[].model',
    'models[].contextLength',
    'limits',
    'limits.bodyBytes',
    'limits.jsonDepth',
    'limits.headerTimeoutMs',
    'limits.bodyTimeoutMs',
    'limits.connections',
    'limits.upstreamHeadersTimeoutMs',
    'limits.upstreamIdleTimeoutMs',
    'limits.drainTimeoutMs',
    'privacy',
    'privacy.ceiling',
    'privacy.ceiling.label',
    'privacy.ceiling.zones',
    'privacy.ceiling.regions',
    'privacy.default',
    'privacy.default.label',
    'privacy.default.zones',
    'privacy.default.regions',
    'mirror',
    'mirror.folder',
    'mirror.s3',
    'mirror.s3.bucket',
    'mirror.s3.prefix',
    'mirror.s3.region',
    'mirror.s3.endpoint',
    'mirror.s3.publicEndpoint',
    'mirror.s3.pathStyle',
    'mirror.s3.credentials',
    'mirror.s3.credentials.accessKeyIdFrom',
    'mirror.s3.credentials.accessKeyIdFrom.env',
    'mirror.s3.credentials.accessKeyIdFrom.file',
    'mirror.s3.credentials.secretAccessKeyFrom',
    'mirror.s3.credentials.secretAccessKeyFrom.env',
    'mirror.s3.credentials.secretAccessKeyFrom.file',
    'mirror.s3.credentials.sessionTokenFrom',
    'mirror.s3.credentials.sessionTokenFrom.env',
    'mirror.s3.credentials.sessionTokenFrom.file',
    'mirror.s3.urlSeconds',
    'mirror.limits',
    'mirror.limits.requestsPerMinute',
    'mirror.limits.transfersPerClient',
    'mirror.limits.transfers',
    'mirror.limits.proxies',
    'app',
    'app.folder',
    'app.connect',
    'catalog',
    'catalog.file',
  ]);
});

test('keys of a section are found through lists and alternative forms', () => {
  expect(keysAt(relayJsonSchema(), ['models', 0, 'upstreams', 2])).toEqual(['name', 'model']);
  expect(keysAt(relayJsonSchema(), ['privacy', 'ceiling'])).toEqual(['label', 'zones', 'regions']);
  expect(keysAt(relayJsonSchema(), ['nowhere', 'at', 'all'])).toEqual([]);
});

test('every section refuses what it does not know', () => {
  const open: string[] = [];
  const visit = (schema: JsonSchema & { additionalProperties?: unknown }, at: string) => {
    if (schema.properties && schema.additionalProperties !== false) open.push(at);
    for (const [key, below] of Object.entries(schema.properties ?? {})) visit(below, `${at}.${key}`);
    if (schema.items) visit(schema.items, `${at}[]`);
    for (const form of schema.anyOf ?? []) visit(form, at);
  };
  visit(relayJsonSchema(), '');
  expect(open).toEqual([]);
});

function settings(schema: JsonSchema, at = ''): string[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
      const path = at === '' ? key : `${at}.${key}`;
      return [path, ...settings(below, path)];
    }),
    ...(schema.items ? settings(schema.items, `${at}[]`) : []),
    ...(schema.anyOf ?? []).flatMap((form) => settings(form, at)),
  ];
}
