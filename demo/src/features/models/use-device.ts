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
    device?.facts({ learnMemory: true }).then(
      (known) => !isGone && setFacts(known),
      () => !isGone && setFacts(null), // no worker: the route of the first question says so, with its reason
    );
    return () => {
      isGone = true;
    };
  }, [device]);
  return facts;
}
