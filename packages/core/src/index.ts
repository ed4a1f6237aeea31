export type {
  Backend,
  Catalog,
  CatalogModel,
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  DeviceFacts,
  DevicePackage,
  DownloadPriority,
  EngineFacts,
  EngineName,
  ErrorCode,
  ErrorFamily,
  LoadProgress,
  LoadResult,
  MemoryBudget,
  PackageRates,
  PackageSource,
  PackageState,
  Privacy,
  PrivacyLabel,
  Receipt,
  ReceiptPart,
  Route,
  RouteReason,
  StorageKind,
  StoredPackage,
  StoreSettings,
  VerifyResult,
  Zone,
} from '@orilla/contract';
export { isAbortError, isOrillaError, memoryNeed, OrillaError } from '@orilla/contract';
export { ChatStream } from './client/chat-stream.ts';
export type { ChatCompletions, Orilla } from './client/create-orilla.ts';
export { createOrilla } from './client/create-orilla.ts';
export type { CallOptions, DeviceWayOptions, OrillaOptions, SignalOptions } from './client/orilla-options.ts';
export type { Capabilities } from './device/capabilities.ts';
export type { Device, LoadOptions } from './device/device.ts';
export type { DeviceListener, DeviceState } from './device/device-state.ts';
export type { ModelFit, PackageFit } from './device/fits.ts';
export type { WorkerLike } from './device/worker-connection.ts';
export type { PackagesListener } from './packages/package-watch.ts';
export type { DownloadOptions, Packages } from './packages/packages.ts';
export type { KeepableStorage } from './packages/storage-keeper.ts';
export type { RelayOptions } from './relay/relay-options.ts';
export { decideRoute } from './routing/decide-route.ts';
export { plainQuestion } from './routing/plain-question.ts';
export type { RouteDecision, RouteQuestion } from './routing/route-question.ts';
