import type { OrillaError } from '@orilla/contract';
import type { Packages } from './packages.ts';

/** Where there is no device way nothing is stored: what only tells says so, and what would do something throws. */
export function noPackages(missing: () => OrillaError): Packages {
  const refuse = () => Promise.reject(missing());
  return {
    list: async () => [],
    subscribe: () => () => undefined,
    download: refuse,
    pause: refuse,
    resume: refuse,
    remove: refuse,
    pin: refuse,
    verify: refuse,
    export: refuse,
    import: refuse,
    isKept: async () => false,
  };
}
