import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';

const root = join(import.meta.dirname, '..', '..');

/** Which of these files, put into a repository with our biome.json, the boundary rules object to. */
async function refused(files: Record<string, string>): Promise<string[]> {
  await using folder = await scratchFolder();
  // The scratch folder is no git repository, so there are no ignore files to use.
  const config = await readFile(join(root, 'biome.json'), 'utf8');
  const unversioned = { ...JSON.parse(config), vcs: { enabled: false } };
  await writeFile(join(folder.path, 'biome.json'), JSON.stringify(unversioned));
  await copyFile(join(root, 'package.json'), join(folder.path, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  const rules = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles'];
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', ...rules, '--reporter=json', '--max-diagnostics=none', '.'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder.path, maxBuffer: 16 * 2 ** 20 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  return Object.keys(files).filter((path) => output.includes(path));
}

const importing = (specifier: string) => `import { x } from '${specifier}';\nexport const y = x;\n`;

/** What each package may import of ours; everything else is refused. */
const allowed: Record<string, string[]> = {
  contract: [],
  worker: ['@orilla/contract'],
  core: ['@orilla/contract', '@orilla/worker/page'],
  relay: ['@orilla/contract'],
  embedded: ['@orilla/contract', '@orilla/relay'],
  cli: ['@orilla/contract'],
};
const specifiers = ['contract', 'worker', 'worker/page', 'core', 'relay', 'embedded', 'cli'].map(
  (name) => `@orilla/${name}`,
);

test.each(Object.entries(allowed))('%s imports of ours only %j', async (name, may) => {
  const pathOf = (specifier: string) => `packages/${name}/src/deep/${specifier.replaceAll(/\W/g, '-')}.ts`;
  const files = Object.fromEntries(specifiers.map((specifier) => [pathOf(specifier), importing(specifier)]));
  const expected = specifiers.filter((specifier) => !may.includes(specifier)).map(pathOf);
  expect(await refused(files)).toEqual(expected);
});

test('nothing reaches into a package’s src by path', async () => {
  const files = {
    'packages/relay/src/a.ts': importing('../../contract/src/index.ts'),
    'packages/core/src/deep/b.ts': importing('../../../worker/src/page.ts'),
    'demo/src/c.ts': importing('../../packages/core/src/index.ts'),
    'test/e2e/d.ts': importing('../../packages/core/src/index.ts'),
    'bench/e.ts': importing('../packages/relay/src/index.ts'),
    'tools/f.ts': importing('../packages/relay/src/index.ts'),
  };
  expect(await refused(files)).toEqual(Object.keys(files));
});

test('no engine imports another, nor does a room that they share import one', async () => {
  const engines = 'packages/worker/src/engines';
  const files = {
    [`${engines}/webllm/a.ts`]: importing('../onnx/b.ts'),
    [`${engines}/onnx/embedding/c.ts`]: importing('../../llamacpp/d.ts'),
    [`${engines}/answer/e.ts`]: importing('../webllm/f.ts'),
    [`${engines}/onnx/g.ts`]: importing('@orilla/core'),
  };
  const free = {
    [`${engines}/make-engine.ts`]: importing('./onnx/h.ts'),
    [`${engines}/onnx/embedding/i.ts`]: importing('../j.ts'),
    [`${engines}/webllm/k.ts`]: importing('../answer/l.ts'),
    [`${engines}/webllm/m.ts`]: importing('@mlc-ai/web-llm'),
  };
  expect(await refused({ ...files, ...free })).toEqual(Object.keys(files));
});

test('a package’s own files and other people’s packages are free', async () => {
  const files = {
    'packages/core/src/client/a.ts': importing('../device/b.ts'),
    'packages/core/src/device/b.ts': importing('comlink'),
    'demo/src/c.ts': importing('@orilla/core'),
  };
  expect(await refused(files)).toEqual([]);
});

test('a circle of imports is refused', async () => {
  const files = {
    'packages/core/src/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
    'packages/core/src/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
  };
  expect(await refused(files)).toEqual(Object.keys(files));
});
