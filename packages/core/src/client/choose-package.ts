import { type DevicePackage, OrillaError } from '@orilla/contract';
import type { Device } from '../device/device.ts';
import { decideRoute } from '../routing/decide-route.ts';
import { nowhereError } from '../routing/nowhere-error.ts';
import { plainQuestion } from '../routing/plain-question.ts';
import { findModel, type OrillaContext } from './orilla-context.ts';

/**
 * The package of a model that this device would use for a plain question.
 * @throws OrillaError `routing.privacy-forbids` where none runs here, saying why; `capability.unsupported` where there is no device way
 */
export async function choosePackage(
  { catalog, device, deviceMissing }: Pick<OrillaContext, 'catalog' | 'device' | 'deviceMissing'>,
  name: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<{ device: Device; pkg: DevicePackage }> {
  const { device: packages } = findModel(catalog, name);
  if (!device) throw noDevice(deviceMissing);
  const decision = decideRoute(plainQuestion(packages, await device.facts({ signal, learnMemory: true })));
  if (decision.verdict === 'nowhere') throw nowhereError(decision.reasons);
  const chosen = decision.verdict === 'go' && decision.route.place === 'device' ? decision.route.packageId : null;
  const pkg = packages.find(({ id }) => id === chosen);
  if (!pkg) throw nowhereError([]);
  return { device, pkg };
}

/** What there is to say where a call needs the device way and there is none. */
export const noDevice = (missing: string): OrillaError =>
  new OrillaError('capability.unsupported', `No model can run here: missing ${missing}.`, {
    advice: 'Let the relay answer, or open the app in another browser.',
  });
