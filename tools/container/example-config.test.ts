import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOutside } from '../packages/run-outside.ts';
import { scratchFolder } from '../test/scratch-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const relay = join(root, 'packages', 'relay', 'src', 'main.ts');

test('the relay accepts the example configuration, once its secrets are there', async () => {
  await using folder = await scratchFolder();
  const example = await readFile(join(root, 'deploy', 'relay.yaml'), 'utf8');
  const key = join(folder.path, 'orilla-key');
  const config = join(folder.path, 'relay.yaml');
  await writeFile(key, 'sk-only-for-this-test-0123456789\n');
  // Where containers have their secrets, nobody else has any.
  await writeFile(config, example.replace('/run/secrets/orilla-key', key));
  const check = (env: Readonly<Record<string, string>>) =>
    runOutside(process.execPath, ['--conditions=@orilla/source', relay, 'check', '--config', config], {
      ...{ cwd: folder.path, timeoutMs: 9_000, env },
    });
  await expect(check({ ORILLA_UPSTREAM_KEY: '' })).rejects.toThrow('this environment variable is not set');
  expect(await check({ ORILLA_UPSTREAM_KEY: 'sk-upstream-only-for-this-test' })).toContain('relay.yaml');
});
