import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConfigFolder, makeConfigFolder, vllm } from './config-folder.test.support.ts';

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await makeConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
const problemsOf = (yaml: string) => folder.problemsOf(yaml);

const only = async (yaml: string) => {
  const problems = await problemsOf(yaml);
  expect(problems).toHaveLength(1);
  return problems[0];
};

test('a mistyped mandatory setting is one mistake, not two', async () => {
  expect(await only(vllm.replace('zone:', 'zome:'))).toBe(
    'relay.yaml:6:5  upstreams[0].zome: is not a setting. Did you mean zone?',
  );
});

test('an unknown setting with no likely meaning lists what is known there', async () => {
  expect(await only(`${vllm}mirror: { folder: mirror, colour: red }`)).toBe(
    'relay.yaml:8:27  mirror.colour: is not a setting. Known here: folder, s3, limits.',
  );
});

test.each([
  ['apiKey: sk-very-secret', "upstreams[0].apiKey: secrets don't stand in this file. Write apiKeyFrom: {env: NAME}"],
  ['token: sk-very-secret', "upstreams[0].token: secrets don't stand in this file. Write apiKeyFrom: {env: NAME}"],
  [
    'apiKeyFrom: sk-very-secret',
    'upstreams[0].apiKeyFrom: must say where the secret is, never the secret itself. Write {env: NAME} or {file: PATH}.',
  ],
  ['apiKeyFrom: { env: sk-very-secret }', 'upstreams[0].apiKeyFrom.env: is not the name of an environment variable.'],
  [
    'apiKeyFrom: { env: A, file: sk-very-secret }',
    'upstreams[0].apiKeyFrom: must name either an environment variable or a file.',
  ],
  ['apiKeyFrom: {}', 'upstreams[0].apiKeyFrom: must name either an environment variable or a file.'],
  ['apiKeyFrom: { env: NOT_SET }', 'upstreams[0].apiKeyFrom.env: this environment variable is not set, or empty.'],
  ['apiKeyFrom: { env: EMPTY }', 'upstreams[0].apiKeyFrom.env: this environment variable is not set, or empty.'],
  ['apiKeyFrom: { env: BROKEN }', 'upstreams[0].apiKeyFrom.env: the secret holds spaces, line breaks'],
  ['apiKeyFrom: { file: no-such-file }', 'upstreams[0].apiKeyFrom.file: this file cannot be read (ENOENT).'],
])('a secret is read from its place or refused, and never repeated: %s', async (line, message) => {
  const problem = await only(`${vllm.trimEnd()}\n    ${line}\n`);
  expect(problem).toContain(message);
  expect(problem).toMatch(/^relay\.yaml:8:\d+ /);
  expect(problem).not.toContain('sk-very-secret');
});

test.each([
  ['- name: a', 'access.keys[0]: needs either sha256 or keyFrom.'],
  [
    `- { name: a, sha256: ${'a'.repeat(64)}, keyFrom: { env: CLIENT_KEY } }`,
    'access.keys[0]: needs either sha256 or keyFrom.',
  ],
  [
    '- { name: a, key: ork_inline }',
    "access.keys[0].key: secrets don't stand in this file. Write keyFrom: {env: NAME}",
  ],
  [
    '- { name: a, keyFrom: { env: SHORT } }',
    'access.keys[0].keyFrom.env: this key is shorter than 16 signs and could be guessed.',
  ],
  ['- { name: "", keyFrom: { env: CLIENT_KEY } }', 'access.keys[0].name: must begin with a letter or digit'],
  [
    `- { name: a, sha256: ${'a'.repeat(64)} }\n    - { name: b, sha256: ${'A'.repeat(64)} }`,
    'access.keys[1].sha256: is the same as that of entry 1 of this list.',
  ],
  [
    '- { name: a, keyFrom: { env: CLIENT_KEY }, ceiling: public }',
    'access.keys[0].ceiling: permits more than privacy.ceiling (organization).',
  ],
  [
    '- { name: a, keyFrom: { env: CLIENT_KEY }, ceiling: device, default: organization }',
    "access.keys[0].default: permits more than this key's ceiling (device).",
  ],
])("a client's key must be sound: %s", async (entry, message) => {
  expect((await problemsOf(`${vllm}access:\n  keys:\n    ${entry}\n`)).join('\n')).toContain(message);
});

test('without keys, a listener that others can reach is refused, with why', async () => {
  const problems = await problemsOf(`listen: 0.0.0.0:8787\n${vllm}`);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(
    /^relay\.yaml:1:9 {2}listen: without keys, everybody who reaches this address could use the models\. Add access\.keys/,
  );
  expect(problems[1]).toMatch(/^relay\.yaml:1:9 {2}listen: beyond loopback .* Add hosts/);
});

test.each(['localhost:0', '127.0.0.2:80', '"[::1]:8787"', '{ host: "::1", port: 1 }'])(
  'loopback needs no keys: %s',
  async (listen) => {
    expect(await problemsOf(`listen: ${listen}\n${vllm}`)).toEqual([]);
  },
);

test.each([
  ['8787', 'listen: must be an address and a port.'],
  ['127.0.0.1', 'listen: must be an address and a port.'],
  ['127.0.0.1:99999', 'listen: must be an address and a port.'],
  ['{ host: 127.0.0.1 }', 'listen.port: is missing. Port to listen on; 0 takes a free one.'],
  ['{ host: 127.0.0.1, prt: 1 }', 'listen.prt: is not a setting. Did you mean port?'],
  ['{ host: 127.0.0.1, port: -1 }', 'listen.port: must be at least 0.'],
])('an address that cannot be listened on is refused: %s', async (listen, message) => {
  expect(await only(`listen: ${listen}\n${vllm}`)).toContain(message);
});

test.each([
  ['upstreams: []', 'relay.yaml:1:1  there is nothing to serve. Add at least one of upstreams, mirror, app.'],
  ['', 'relay.yaml:1:1  there is nothing to serve.'],
  ['- a', 'relay.yaml:1:1  must be a list of settings'],
  ['just words', 'relay.yaml:1:1  must be a list of settings'],
  [`${vllm}upstreams: []`, 'relay.yaml:8:1  a key stands twice in the same section.'],
  ['upstreams: [', 'is not valid YAML: '],
  ['a: *nobody', 'is not valid YAML: '],
  ['a: 1\n---\nb: 2', 'is not valid YAML: '],
  [`${vllm}models: [{ name: smollm2-135m, upstreams: [gpu] }]`, 'upstreams[0].models[0]: is also an entry of models.'],
  [`${vllm}models: [{ name: a, upstreams: [] }]`, 'models[0].upstreams: must have at least one entry.'],
  [
    `${vllm}models: [{ name: a, upstreams: [{ name: nobody, model: b }] }]`,
    'models[0].upstreams[0].name: is not the name of an upstream. Known: gpu.',
  ],
  [
    `${vllm}models: [{ name: a, upstreams: [gpu] }, { name: a, upstreams: [gpu] }]`,
    'models[1].name: is the same as that of entry 1',
  ],
  [`${vllm}mirror: { folder: nowhere }`, 'mirror.folder: there is no such folder.'],
  [`${vllm}app: { folder: mirror }`, 'app.folder: this folder has no index.html.'],
  [`${vllm}catalog: { file: nowhere.json }`, 'catalog.file: this file cannot be read.'],
  [`${vllm}catalog: { file: key.txt }`, 'catalog.file: this file is not JSON.'],
  [
    `${vllm}catalog: { file: wrong.json }`,
    "catalog.file: The catalog of models can't be used: in it models.tiny.title",
  ],
  [`${vllm}app: { folder: app, connect: ["*"] }`, 'app.connect[0]: must be an origin'],
  [`${vllm}app: { folder: app, connect: ["https:"] }`, 'app.connect[0]: must be an origin'],
  [`${vllm}access: { cors: { origins: ["*"] } }`, 'access.cors.origins[0]: must be one exact origin'],
  [
    `${vllm}access: { cors: { origins: ["https://a.example/path"] } }`,
    'access.cors.origins[0]: must be one exact origin',
  ],
  [`${vllm}hosts: ["http://a.example"]`, 'hosts[0]: must be a host as it stands in a Host header.'],
  [`${vllm}limits: { bodyBytes: 1.5 }`, 'limits.bodyBytes: must be a whole number.'],
  [`${vllm}limits: { jsonDepth: 9999 }`, 'limits.jsonDepth: must be at most 1024.'],
  [`${vllm}privacy: { default: public }`, 'privacy.default: permits more than privacy.ceiling (organization).'],
  [
    `${vllm}privacy: { ceiling: pubic }`,
    'privacy.ceiling: must be one of device, organization, public. Did you mean public?',
  ],
  [
    `${vllm}privacy: { ceiling: { label: organization, zones: [here] } }`,
    'privacy.ceiling.zones[0]: must be one of on-premises',
  ],
  [`${vllm}privacy: { ceiling: 3 }`, 'privacy.ceiling: must be one of device, organization, public.'],
  [vllm.replace('on-premises', 'public'), 'upstreams[0].zone: lies beyond privacy.ceiling (organization)'],
  [vllm.replace('    url: http://127.0.0.1:8000\n', ''), 'upstreams[0]: needs a url.'],
  [vllm.replace(':8000', ':8000/v1/'), 'upstreams[0].url: must be the base address: /v1 is added by the relay.'],
  [vllm.replace('127.0.0.1:8000', 'me:secret@127.0.0.1'), 'upstreams[0].url: holds a name or password.'],
  [vllm.replace('kind: vllm', 'kind: embedded'), 'upstreams[0].url: has no meaning for kind embedded.'],
  [`${vllm}    embedded: { model: model.gguf }`, 'upstreams[0].embedded: belongs to kind embedded only.'],
  [
    vllm.replace('kind: vllm\n    url: http://127.0.0.1:8000', 'kind: embedded\n    embedded: { model: gone.gguf }'),
    'upstreams[0].embedded.model: there is no such file.',
  ],
])('is refused with its reason: %j', async (yaml, message) => {
  expect((await problemsOf(yaml)).join('\n')).toContain(message);
});

test('a narrower ceiling makes upstreams of other zones and regions pointless, and says so', async () => {
  const problem = await only(`${vllm}privacy: { ceiling: { label: organization, regions: [eu] } }`);
  expect(problem).toContain('upstreams[0].zone: lies beyond privacy.ceiling (organization, regions eu)');
});

test('a wider ceiling has to be written down to reach a public upstream', async () => {
  expect(await problemsOf(`${vllm.replace('on-premises', 'public')}privacy: { ceiling: public }`)).toEqual([]);
});
