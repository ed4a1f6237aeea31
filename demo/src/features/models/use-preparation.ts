import { isAbortError } from '@orilla/contract';
import type { Orilla } from '@orilla/core';
import { useEffect, useRef, useState } from 'react';
import { type ShownError, toShownError } from '../errors/error-kind.ts';

export interface Preparation {
  readonly error: ShownError | null;
  start(): void;
  cancel(): void;
}

/** A download that the reader asked for, before or beside any question. It ends when another model is chosen. */
export function usePreparation(orilla: Orilla, model: string): Preparation {
  const [error, setError] = useState<ShownError | null>(null);
  const running = useRef<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another model ends what was prepared for this one
  useEffect(() => {
    setError(null);
    return () => running.current?.abort();
  }, [model]);

  async function prepare() {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setError(null);
    try {
      await orilla.models.prepare(model, { signal: controller.signal });
    } catch (failure) {
      if (!isAbortError(failure) && !controller.signal.aborted) setError(toShownError(failure, 'device'));
    }
  }

  return {
    error,
    start: () => void prepare(), // never rejects: every failure becomes a card
    cancel: () => running.current?.abort(),
  };
}
