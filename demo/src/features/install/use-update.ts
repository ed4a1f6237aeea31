import { useEffect, useState } from 'react';

export type RegisterForUpdates = (onUpdate: (apply: () => void) => void) => void;

/** Changes to the newer version of the page once there is one, else `null`. */
export function useUpdate(register: RegisterForUpdates): (() => void) | null {
  const [apply, setApply] = useState<(() => void) | null>(null);
  useEffect(() => register((change) => setApply(() => change)), [register]);
  return apply;
}
