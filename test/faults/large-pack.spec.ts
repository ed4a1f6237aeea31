import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { writeLargeGguf } from '../fixtures/large-gguf.ts';
import { runCli } from '../integration/cli/run-cli.ts';

const MiB = 1024 ** 2;
/** The whole size in `npm run test:faults`; as a part of everything one that is over in seconds. */
const bytes = process.env.ORILLA_FAULT_LONG === '1' ? 4096 * MiB : 256 * MiB;

test(`a GGUF of ${bytes / MiB} MiB is packed and verified in less than 150 MiB of memory`, async () => {
  test.setTimeout(600_000);
  const root = await mkdtemp(join(tmpdir(), 'orilla-large-pack-'));
  try {
    const [path, mirror] = [join(root, 'large.gguf'), join(root, 'mirror')];
    await writeLargeGguf(path, bytes);
    const packed = await runCli(['pack', path, '--to', mirror, '--license', 'MIT', '--json']);
    expect([packed.code, packed.stderr]).toEqual([0, '']);
    expect(JSON.parse(packed.stdout).bytes).toBe(bytes);
    const verified = await runCli(['verify', mirror]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    const peaks = [packed, verified].map(({ peakBytes }) => Math.round(peakBytes / MiB));
    console.log(`${bytes / MiB} MiB: orilla pack took ${peaks[0]} MiB, orilla verify ${peaks[1]} MiB`);
    for (const peak of peaks) expect(peak).toBeLessThan(150);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
