import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { formatProblem } from './problem.ts';
import type { RelayConfig } from './relay-config.ts';

/** A folder with everything that a configuration may point to, and ways to read one in it. For tests. */
export interface ConfigFolder extends AsyncDisposable {
  readonly path: string;
  load(yaml: string): Promise<LoadedConfig>;
  /** The problems as a person sees them, in a file called `relay.yaml`. */
  problemsOf(yaml: string): Promise<readonly string[]>;
  /** @throws Error with the problems, where there are any */
  configOf(yaml: string): Promise<RelayConfig>;
}

export const env = {
  UPSTREAM_KEY: 'sk-upstream',
  CLIENT_KEY: 'ork_0123456789abcdef0123',
  SHORT: 'abc',
  EMPTY: '',
  BROKEN: 'a b',
};

/** The shortest configuration that is in order, to be changed or gone on with. */
export const vllm = `
upstreams:
  - name: gpu
    kind: vllm
    url: http://127.0.0.1:8000
    zone: on-premises
    models: [smollm2-135m]
`;

export async function makeConfigFolder(): Promise<ConfigFolder> {
  const path = await mkdtemp(join(tmpdir(), 'orilla-config-'));
  await mkdir(join(path, 'app'));
  await mkdir(join(path, 'mirror'));
  await writeFile(join(path, 'app', 'index.html'), '<!doctype html>');
  await writeFile(join(path, 'model.gguf'), 'GGUF');
  await writeFile(join(path, 'catalog.json'), '{"models":{"tiny":{"title":"Tiny","device":[]}}}');
  await writeFile(join(path, 'wrong.json'), '{"models":{"tiny":{"device":[]}}}');
  await writeFile(join(path, 'key.txt'), 'ork_from_a_file_0123456789\n');
  const file = join(path, 'relay.yaml');
  const load = async (yaml: string) => {
    await writeFile(file, yaml);
    return loadConfig(file, { env });
  };
  const problemsOf = async (yaml: string) => {
    const { problems } = await load(yaml);
    return problems.map((problem) => formatProblem({ ...problem, file: 'relay.yaml' }));
  };
  return {
    path,
    load,
    problemsOf,
    async configOf(yaml) {
      const { config, problems } = await load(yaml);
      if (config) return config;
      throw new Error(problems.map(formatProblem).join('\n'));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
