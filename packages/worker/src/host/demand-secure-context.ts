import { OrillaError } from '@orilla/contract';

/**
 * Refuses a page that was not served securely, before anything is downloaded: browsers give it neither WebGPU nor the storage that the
 * engine insists on, so that no model would open there.
 * @throws OrillaError `capability.insecure-context`
 */
export function demandSecureContext({ isSecureContext }: { readonly isSecureContext: boolean }): void {
  if (isSecureContext) return;
  throw new OrillaError(
    'capability.insecure-context',
    'No model runs on this device: the page was opened at an address that the browser does not take for secure.',
    { advice: 'Serve the page over https://, or open it at http://localhost, or let the relay answer.' },
  );
}
