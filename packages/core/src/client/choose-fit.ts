import type { ModelFit } from '../device/fits.ts';
import { packageFits } from '../device/fits.ts';
import { decideRoute } from '../routing/decide-route.ts';
import { plainQuestion } from '../routing/plain-question.ts';
import { findModel, type OrillaContext } from './orilla-context.ts';
import type { SignalOptions } from './orilla-options.ts';

/** Whether a model can run on this device, and which of its packages a plain request would use. @throws OrillaError; AbortError */
export async function chooseFit(
  { catalog, device, deviceMissing, now }: Pick<OrillaContext, 'catalog' | 'device' | 'deviceMissing' | 'now'>,
  name: string,
  { signal }: SignalOptions,
): Promise<ModelFit> {
  const { device: packages } = findModel(catalog, name);
  if (!device) return { fits: false, packageId: null, packages: [], missing: deviceMissing };
  const facts = await device.facts({ signal, learnMemory: true });
  const decision = decideRoute({ ...plainQuestion(packages, facts), nowMs: now() });
  const route = decision.verdict === 'go' ? decision.route : null;
  const packageId = route?.place === 'device' ? route.packageId : null;
  return { fits: packageId !== null, packageId, packages: packageFits(packages, facts, now()) };
}
