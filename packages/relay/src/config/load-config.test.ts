import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultLimits } from './default-limits.ts';
import { loadConfig } from './load-config.ts';
import { formatProblem } from './problem.ts';

let folder: string;
const env = {
  UPSTREAM_KEY: 'sk-upstream',
  CLIENT_KEY: 'ork_0123456789abcdef0123',
  SHORT: 'abc',
  EMPTY: '',
  BROKEN: 'a b',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-config-'));
  await mkdir(join(folder, 'app'));
  await mkdir(join(folder, 'mirror'));
  await writeFile(join(folder, 'app', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'model.gguf'), 'GGUF');
  await writeFile(join(folder, 'catalog.json'), '{"models":{"tiny":{"title":"Tiny","device":[]}}}');
  await writeFile(join(folder, 'wrong.json'), '{"models":{"tiny":{"device":[]}}}');
  await writeFile(join(folder, 'key.txt'), 'ork_from_a_file_0123456789\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(yaml: string) {
  const file = join(folder, 'relay.yaml');
  await writeFile(file, yaml);
  return loadConfig(file, { env });
}

/** The problems as a person sees them, without the folder. */
async function problemsOf(yaml: string): Promise<string[]> {
  const { problems } = await load(yaml);
  return problems.map((problem) => formatProblem({ ...problem, file: 'relay.yaml' }));
}

async function configOf(yaml: string) {
  const loaded = await load(yaml);
  expect(loaded.problems.map(formatProblem)).toEqual([]);
  if (!loaded.config) throw new Error('unreachable: there are no problems');
  return loaded.config;
}

const vllm = `
upstreams:
  - name: gpu
    kind: vllm
    url: http://127.0.0.1:8000
    zone: on-premises
    models: [smollm2-135m]
`;

test('a short file is enough: everything else has a default', async () => {
  expect(await configOf(vllm)).toEqual({
    listen: { host: '127.0.0.1', port: 8787 },
    hosts: [],
    access: { keys: [], cors: { origins: [] } },
    upstreams: [
      {
        name: 'gpu',
        kind: 'vllm',
        url: new URL('http://127.0.0.1:8000'),
        zone: 'on-premises',
        region: undefined,
        apiKey: undefined,
        embedded: undefined,
      },
    ],
    models: [
      { name: 'smollm2-135m', upstreams: [{ upstream: 'gpu', model: 'smollm2-135m' }], contextLength: undefined },
    ],
    limits: defaultLimits,
    privacy: { ceiling: { label: 'organization' }, default: { label: 'organization' } },
    catalog: undefined,
    mirror: undefined,
    app: undefined,
  });
});

test('a full file is read: secrets from their places, paths from the folder of the file', async () => {
  const config = await configOf(`
listen: { host: 0.0.0.0, port: 9000 }
hosts: [relay.example.org, "relay.example.org:9000"]
access:
  keys:
    - name: laptop
      sha256: ${'AB'.repeat(32)}
      ceiling: device
    - name: site
      keyFrom: { env: CLIENT_KEY }
      default: { label: organization, regions: [eu] }
    - name: file
      keyFrom: { file: key.txt }
  cors:
    origins: [https://app.example.org]
upstreams:
  - { name: gpu, kind: openai, url: "https://gpu.example.org/openai", zone: own-cloud, region: eu, apiKeyFrom: { env: UPSTREAM_KEY } }
  - name: here
    kind: embedded
    zone: on-premises
    embedded: { model: model.gguf, threads: 2, sequences: 3, contextLength: 4096 }
    models: [small, tiny]
models:
  - name: big
    contextLength: 32768
    upstreams: [gpu, { name: here, model: small }]
limits: { bodyBytes: 2048 }
privacy: { ceiling: { label: organization, zones: [own-cloud, on-premises] }, default: device }
mirror: { folder: mirror }
app: { folder: app, connect: ["https://*.hub.example"] }
catalog: { file: catalog.json }
`);
  const sha256 = (key: string) => createHash('sha256').update(key).digest();
  const ceiling = { label: 'organization', zones: ['own-cloud', 'on-premises'] };
  expect(config.listen).toEqual({ host: '0.0.0.0', port: 9000 });
  expect(config.access.keys).toEqual([
    {
      name: 'laptop',
      sha256: Buffer.alloc(32, 0xab),
      ceiling: { ...ceiling, label: 'device' },
      default: { ...ceiling, label: 'device' },
    },
    { name: 'site', sha256: sha256(env.CLIENT_KEY), ceiling, default: { ...ceiling, regions: ['eu'] } },
    { name: 'file', sha256: sha256('ork_from_a_file_0123456789'), ceiling, default: { ...ceiling, label: 'device' } },
  ]);
  expect(config.upstreams.map(({ apiKey, url, embedded }) => ({ apiKey, url: url?.href, embedded }))).toEqual([
    { apiKey: 'sk-upstream', url: 'https://gpu.example.org/openai', embedded: undefined },
    {
      apiKey: undefined,
      url: undefined,
      embedded: { modelPath: join(folder, 'model.gguf'), contextLength: 4096, threads: 2, sequences: 3 },
    },
  ]);
  expect(config.models).toEqual([
    {
      name: 'big',
      contextLength: 32768,
      upstreams: [
        { upstream: 'gpu', model: 'big' },
        { upstream: 'here', model: 'small' },
      ],
    },
    { name: 'small', upstreams: [{ upstream: 'here', model: 'small' }], contextLength: undefined },
    { name: 'tiny', upstreams: [{ upstream: 'here', model: 'tiny' }], contextLength: undefined },
  ]);
  expect(config.limits).toEqual({ ...defaultLimits, bodyBytes: 2048 });
  expect(config.mirror).toEqual({ folder: join(folder, 'mirror') });
  expect(config.app).toEqual({ folder: join(folder, 'app'), connect: ['https://*.hub.example'] });
  expect(config.catalog).toEqual({ models: { tiny: { title: 'Tiny', device: [] } } });
});

test('several upstreams that list one model serve it in their order', async () => {
  const config = await configOf(
    `${vllm}  - { name: second, kind: openai, url: "http://127.0.0.1:8001", zone: own-cloud, models: [smollm2-135m] }`,
  );
  expect(config.models).toHaveLength(1);
  expect(config.models[0]?.upstreams.map(({ upstream }) => upstream)).toEqual(['gpu', 'second']);
});

test('all mistakes are told at once, each with its place, in the order of the file', async () => {
  expect(
    await problemsOf(`lisen: 127.0.0.1:8787
access:
  keys:
    - name: a
      sha256: nope
upstreams:
  - name: gpu
    kind: vlm
    url: ftp://x
  - name: gpu
    kind: openai
    url: http://127.0.0.1:8001
    zone: on-premise
models:
  - name: big
    upstreams: [gpv]
limits:
  bodyBytes: lots
`),
  ).toEqual([
    'relay.yaml:1:1  lisen: is not a setting. Did you mean listen?',
    'relay.yaml:5:15  access.keys[0].sha256: must be the SHA-256 of a key, 64 hexadecimal digits. `orilla-relay keys create` makes a key and prints it.',
    'relay.yaml:7:5  upstreams[0].zone: is missing. Whose machines it runs on: one of on-premises, own-cloud, dedicated-cloud, public.',
    'relay.yaml:7:11  upstreams[0].name: serves no model. List its models here (models: [...]), or name it in an entry of models.',
    'relay.yaml:8:11  upstreams[0].kind: must be one of vllm, openai, embedded. Did you mean vllm?',
    'relay.yaml:9:10  upstreams[0].url: must begin with http:// or https://. Correct it.',
    'relay.yaml:10:11  upstreams[1].name: is the same as that of entry 1 of this list. Change one, or remove it.',
    'relay.yaml:10:11  upstreams[1].name: serves no model. List its models here (models: [...]), or name it in an entry of models.',
    'relay.yaml:13:11  upstreams[1].zone: must be one of on-premises, own-cloud, dedicated-cloud, public. Did you mean on-premises?',
    'relay.yaml:16:17  models[0].upstreams[0]: is not the name of an upstream. Did you mean gpu?',
    'relay.yaml:18:14  limits.bodyBytes: must be a number. Correct it.',
  ]);
});

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
    'relay.yaml:8:27  mirror.colour: is not a setting. Known here: folder.',
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

test('an unlabelled request gets organization, even where the ceiling is public', async () => {
  const config = await configOf(`${vllm}privacy: { ceiling: public }`);
  expect(config.privacy).toEqual({ ceiling: { label: 'public' }, default: { label: 'organization' } });
});

test('a file that cannot be read is a problem of the file', async () => {
  const { problems } = await loadConfig(join(folder, 'no-such.yaml'));
  expect(problems.map((problem) => formatProblem({ ...problem, file: 'no-such.yaml' }))).toEqual([
    'no-such.yaml  cannot be read (ENOENT). Check the path.',
  ]);
});

test('a text that repeats itself without end is refused, not expanded', async () => {
  const bomb = Array.from(
    { length: 12 },
    (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(index === 0 ? 0 : 12)}]`,
  ).join('\n');
  expect((await problemsOf(bomb)).length).toBeGreaterThan(0);
});

test('an aborted load throws the abort, not a problem', async () => {
  await expect(loadConfig(join(folder, 'relay.yaml'), { signal: AbortSignal.abort() })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
});
