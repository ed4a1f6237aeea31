import { useEffect, useState } from 'react';
import type { PageUpdate } from './register-service-worker.ts';

export type RegisterForUpdates = (onUpdate: (update: PageUpdate) => void) => void;

/** The newer version of the page once there is one, else `null`. */
export function useUpdate(register: RegisterForUpdates): PageUpdate | null {
  const [update, setUpdate] = useState<PageUpdate | null>(null);
  useEffect(() => register(setUpdate), [register]);
  return update;
}
