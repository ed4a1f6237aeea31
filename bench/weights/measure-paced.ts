import type { SideName } from '../weights-page/weights.ts';
import { measureInTurn, type SideSamples } from './side-samples.ts';
import type { WeightsScene } from './weights-scene.ts';

/** What a line of 400 Mbit/s carries in a second. */
export const pacedBytesPerSecond = 50e6;

/** Milliseconds that downloads take through a line that is slower than the machine, as nearly all are. */
export async function measurePaced(
  scene: WeightsScene,
  { runs, sides }: { readonly runs: number; readonly sides: readonly SideName[] },
): Promise<SideSamples> {
  await scene.ask({ type: 'pace', bytesPerSecond: pacedBytesPerSecond });
  try {
    return await measureInTurn((side) => downloadOnce(scene, side), { runs, sides });
  } finally {
    await scene.ask({ type: 'pace', bytesPerSecond: null });
  }
}

async function downloadOnce(scene: WeightsScene, side: SideName): Promise<number> {
  await using profile = await scene.openProfile();
  await using page = await scene.openPage(profile, [side]);
  return await page.download(side);
}
