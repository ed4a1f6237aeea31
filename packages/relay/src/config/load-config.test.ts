import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConfigFolder, env, makeConfigFolder, vllm } from './config-folder.test.support.ts';
import { defaultLimits, defaultMirrorLimits } from './default-limits.ts';
import { loadConfig } from './load-config.ts';
import { formatProblem } from './problem.ts';

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await makeConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
const problemsOf = (yaml: string) => folder.problemsOf(yaml);
const configOf = (yaml: string) => folder.configOf(yaml);

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
      ceiling: { label: 'device' },
      default: { label: 'device' },
    },
    { name: 'site', sha256: sha256(env.CLIENT_KEY), ceiling, default: { label: 'organization', regions: ['eu'] } },
    { name: 'file', sha256: sha256('ork_from_a_file_0123456789'), ceiling, default: { label: 'device' } },
  ]);
  expect(config.upstreams.map(({ apiKey, url, embedded }) => ({ apiKey, url: url?.href, embedded }))).toEqual([
    { apiKey: 'sk-upstream', url: 'https://gpu.example.org/openai', embedded: undefined },
    {
      apiKey: undefined,
      url: undefined,
      embedded: { modelPath: join(folder.path, 'model.gguf'), contextLength: 4096, threads: 2, sequences: 3 },
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
  expect(config.mirror).toEqual({ folder: join(folder.path, 'mirror'), limits: defaultMirrorLimits });
  expect(config.app).toEqual({ folder: join(folder.path, 'app'), connect: ['https://*.hub.example'] });
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

test('an unlabelled request gets organization, even where the ceiling is public', async () => {
  const config = await configOf(`${vllm}privacy: { ceiling: public }`);
  expect(config.privacy).toEqual({ ceiling: { label: 'public' }, default: { label: 'organization' } });
});

test('a file that cannot be read is a problem of the file', async () => {
  const { problems } = await loadConfig(join(folder.path, 'no-such.yaml'));
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
  await expect(loadConfig(join(folder.path, 'relay.yaml'), { signal: AbortSignal.abort() })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
});
