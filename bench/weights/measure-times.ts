import type { SideName } from '../weights-page/weights.ts';
import { type SideSamples, sampleRecorder } from './side-samples.ts';
import type { WeightsScene } from './weights-scene.ts';

/** Milliseconds. */
export interface WeightsTimes {
  readonly download: SideSamples;
  readonly open: SideSamples;
  readonly hash: readonly number[];
}

export interface MeasureTimesOptions {
  readonly pairs: number;
  /** In the order of measuring. */
  readonly sides: readonly SideName[];
}

/** Downloads into empty stores, in turn; then, the page having been loaded again, opens what they have, in turn; then empties them. */
export async function measureTimes(scene: WeightsScene, { pairs, sides }: MeasureTimesOptions): Promise<WeightsTimes> {
  await using profile = await scene.openProfile();
  const [download, open] = [sampleRecorder(), sampleRecorder()];
  const hash: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    {
      await using page = await scene.openPage(profile, sides);
      hash.push(await page.hash());
      for (const side of sides) download.note(side, await page.download(side));
    }
    await using page = await scene.openPage(profile, sides);
    for (const side of sides) open.note(side, await page.open(side));
    for (const side of sides) await page.empty(side);
  }
  return { download: download.all, open: open.all, hash };
}
