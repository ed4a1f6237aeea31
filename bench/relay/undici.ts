import { createRequire, findPackageJSON } from 'node:module';

/** What the benches use of undici. */
export interface Pool {
  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean;
  destroy(): Promise<void>;
}

export interface DispatchRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface DispatchController {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

export interface DispatchHandler {
  onRequestStart(controller: DispatchController): void;
  onResponseStart(
    controller: DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[]>>,
  ): void;
  onResponseData(controller: DispatchController, chunk: Buffer): void;
  onResponseEnd(controller: DispatchController): void;
  onResponseError(controller: DispatchController, error: Error): void;
}

type PoolConstructor = new (
  origin: string,
  options: { readonly connections: number; readonly pipelining: number; readonly bodyTimeout?: number },
) => Pool;

/** The relay's own copy of undici, so that a bare loop and the relay differ in nothing but the relay. */
const relayPackage = findPackageJSON('@orilla/relay', import.meta.url);
if (relayPackage === undefined) throw new Error('@orilla/relay is not installed: run npm install.');

// The interfaces above are the part of undici's own that is used here.
export const { Pool } = createRequire(relayPackage)('undici') as { readonly Pool: PoolConstructor };
