import { type Capabilities, capabilitiesOf } from '../device/capabilities.ts';
import { type ModelFit, packageFits } from '../device/fits.ts';
import { decideRoute } from '../routing/decide-route.ts';
import { plainQuestion } from '../routing/plain-question.ts';
import { findModel, type OrillaContext } from './orilla-context.ts';
import type { SignalOptions } from './orilla-options.ts';

// Fetched when it is first asked: most pages never do.

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

/** What this device can do; `null` where there is no device way. @throws OrillaError `engine.worker-died`; AbortError */
export async function askCapabilities(
  { device }: Pick<OrillaContext, 'device'>,
  { signal }: SignalOptions,
): Promise<Capabilities | null> {
  return device && capabilitiesOf(await device.facts({ signal, learnMemory: true, anew: true }));
}
