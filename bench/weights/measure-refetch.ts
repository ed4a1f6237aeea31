import type { SideName } from '../weights-page/weights.ts';
import type { WeightsScene } from './weights-scene.ts';

/**
 * Bytes of weights that one side fetches after its first download was cut in the middle: the line is cut when half of the package was sent,
 * the tab is closed, the line is there again, and another tab asks for the same.
 */
export async function measureRefetch(scene: WeightsScene, side: SideName): Promise<number> {
  await using profile = await scene.openProfile();
  await scene.ask({ type: 'mend' });
  {
    await using page = await scene.openPage(profile, [side]);
    const cut = scene.ask({ type: 'cut', afterBytes: scene.weights.bytes / 2 });
    const ended = page.download(side).then(
      () => {
        throw new Error('The download was over before the line was cut.');
      },
      () => cut, // whoever gives up without a line may
    );
    await Promise.race([cut, ended]);
  }
  await scene.ask({ type: 'mend' });
  await using page = await scene.openPage(profile, [side]);
  await page.download(side);
  const { sentBytes } = await scene.ask({ type: 'count' });
  await page.open(side); // whether it has everything now
  return sentBytes;
}
