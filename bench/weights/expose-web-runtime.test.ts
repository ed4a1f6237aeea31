import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withRuntimeExport } from './expose-web-runtime.ts';

test('the installed WebLLM gets one export more, and is left as it is otherwise', async () => {
  const published = await readFile(fileURLToPath(import.meta.resolve('@mlc-ai/web-llm')), 'utf8');
  const { code } = withRuntimeExport(published);
  expect(code.startsWith(published)).toBe(true);
  expect(code.slice(published.length)).toBe('\nexport { libExports$2 as webRuntime };\n');
});

test('another bundle is left alone', () => {
  expect(withRuntimeExport('export const engine = 1;').code).toBe('export const engine = 1;');
});
