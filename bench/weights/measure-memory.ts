import { residentBytes } from '../process/resident-memory.ts';
import type { SideName } from '../weights-page/weights.ts';
import type { WeightsScene } from './weights-scene.ts';

const sampleEveryMs = 50;

/** By how many bytes the browser and its renderers grow at most while one side downloads and then opens everything, in a browser of its own. */
export async function measureMemory(scene: WeightsScene, side: SideName): Promise<number> {
  await using profile = await scene.openProfile();
  await using page = await scene.openPage(profile, [side]);
  const before = await residentBytes(profile.browser);
  let peak = before;
  const over = new AbortController();
  const watch = watchUntil(over.signal, async () => {
    peak = Math.max(peak, await residentBytes(profile.browser));
  });
  try {
    await page.download(side);
    await page.open(side);
  } finally {
    over.abort();
    await watch;
  }
  return peak - before;
}

/** One look after the other, the last one once it is over. */
async function watchUntil(over: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, sampleEveryMs));
  }
  await look();
}
