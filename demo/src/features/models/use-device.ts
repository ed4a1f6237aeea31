import type { DeviceFacts } from '@orilla/contract';
import type { DeviceState, Orilla } from '@orilla/core';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

const idle: DeviceState = { status: 'idle' };

/** What the device way is doing now. */
export function useDeviceState({ device }: Orilla): DeviceState {
  const subscribe = useCallback((changed: () => void) => device?.subscribe(changed) ?? (() => undefined), [device]);
  return useSyncExternalStore(subscribe, () => device?.state ?? idle);
}

/** What is known of the device: `undefined` while it is being asked, `null` where nothing can run. */
export function useDeviceFacts({ device }: Orilla): DeviceFacts | null | undefined {
  const [facts, setFacts] = useState<DeviceFacts | null | undefined>(device ? undefined : null);
  useEffect(() => {
    let isGone = false;
    device?.facts().then(
      (known) => !isGone && setFacts(known),
      () => !isGone && setFacts(null), // no worker: the route of the first question says so, with its reason
    );
    return () => {
      isGone = true;
    };
  }, [device]);
  return facts;
}

/** Ids of the packages that are complete in the weight store; read again whenever a load has ended. */
export function useStoredPackages({ packages }: Orilla, state: DeviceState): ReadonlySet<string> {
  const [stored, setStored] = useState<ReadonlySet<string>>(new Set());
  const isLoading = state.status === 'loading';
  useEffect(() => {
    if (isLoading) return;
    let isGone = false;
    packages.list().then(
      (list) => !isGone && setStored(new Set(list.filter((pkg) => pkg.isComplete).map((pkg) => pkg.id))),
      () => !isGone && setStored(new Set()), // unreadable: then nothing is at hand
    );
    return () => {
      isGone = true;
    };
  }, [packages, isLoading]);
  return stored;
}
