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
  const stores: readonly (readonly SideName[])[] = [
    sides.filter((side) => side !== 'oursOpfs'),
    sides.filter((side) => side === 'oursOpfs'),
  ];
  for (let pair = 0; pair < pairs; pair++) {
    for (const together of stores) {
      {
        await using page = await scene.openPage(profile, together);
        if (together.includes('ours')) hash.push(await page.hash());
        for (const side of together) download.note(side, await page.download(side));
      }
      await using page = await scene.openPage(profile, together);
      for (const side of together) open.note(side, await page.open(side));
      for (const side of together) await page.empty(side);
    }
  }
  return { download: download.all, open: open.all, hash };
}
