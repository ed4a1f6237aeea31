import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimNames } from './case.ts';
import { claims } from './claims.ts';

const columns = ['llamacpp', 'onnx', 'webllm', 'embedded'] as const;

test('the table in the docs is the table that the suite shows', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'engines.md'), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const shown = Object.fromEntries(
    columns.map((name, index) => [
      name,
      rows.filter((cells) => cells[index + 2] === 'yes').map(([, claim = '']) => claim.replaceAll('`', '')),
    ]),
  );
  expect(rows.map(([, claim]) => claim)).toEqual(claimNames.map((name) => `\`${name}\``));
  expect(shown).toEqual(
    Object.fromEntries(
      columns.map((name) => [name, claimNames.filter((claim) => claims[name].some((one) => one === claim))]),
    ),
  );
});
