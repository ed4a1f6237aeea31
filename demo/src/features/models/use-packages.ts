import type { StoredPackage } from '@orilla/contract';
import type { Orilla } from '@orilla/core';
import { useEffect, useState } from 'react';

/** What is stored in this browser, as every tab is told of it; `undefined` before the first word. */
export function usePackages({ packages }: Orilla): readonly StoredPackage[] | undefined {
  const [stored, setStored] = useState<readonly StoredPackage[]>();
  useEffect(() => packages.subscribe(setStored), [packages]);
  return stored;
}
