export type { Catalog, CatalogModel, DevicePackage, PackageSource } from './catalog.ts';
export { memoryNeed, parseCatalog } from './catalog.ts';
export type {
  ArrivingFiles,
  Backend,
  EmittedAnswer,
  Engine,
  EngineCapabilities,
  EngineLoadOptions,
  EngineName,
  Feature,
  GenerateOptions,
  LoadedModel,
  TokenEvent,
  WeightFiles,
} from './engine.ts';
export { engineNames, features } from './engine.ts';
export type { OrillaErrorOptions } from './error.ts';
export { abortReason, isAbortError, isOrillaError, OrillaError } from './error.ts';
export type { EncodedError } from './error-codec.ts';
export { decodeError, encodeError } from './error-codec.ts';
export type { ErrorCode, ErrorCodeFacts, ErrorFamily } from './error-codes.ts';
export { errorCodes, familyOf, isErrorCode } from './error-codes.ts';
export type { Chunk, MemoryFigures, ModelManifest, PackageFile, Requirements } from './manifest.ts';
export { manifestSchema, parseManifest } from './manifest.ts';
export type { ManifestSignature } from './manifest-signature.ts';
export { signedBytes } from './manifest-signature.ts';
export type {
  DownloadPriority,
  PackageState,
  PackagesApi,
  PackagesMessage,
  StorageKind,
  StoredPackage,
  StoreSettings,
  VerifyResult,
} from './package-messages.ts';
export { isPackageId, isPackagePath, isRelativePath } from './package-names.ts';
export type { Privacy, PrivacyLabel, Zone } from './privacy.ts';
export {
  defaultPrivacy,
  isPrivacyLabel,
  isZone,
  permitsRelay,
  permitsUpstream,
  privacyLabels,
  strictest,
  zones,
} from './privacy.ts';
export { formatPrivacyHeader, parsePrivacyHeader } from './privacy-header.ts';
export { parseOrillaFields, parsePrivacy } from './privacy-json.ts';
export type { Receipt, ReceiptPart } from './receipt.ts';
export type { Place, PromptTokens, Route, RouteReason } from './route.ts';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  EmbeddingResponse,
  FinishReason,
  OrillaRequestFields,
  OrillaResponseFields,
  Usage,
  WithOrillaRequest,
  WithOrillaResponse,
} from './wire.ts';
export { headerNames } from './wire.ts';
export type { WireError } from './wire-error.ts';
export { fromWireError, holdsWireError, toWireError, wireErrorType } from './wire-error.ts';
export type {
  CallControl,
  CallMessage,
  ControlFailure,
  DeviceFacts,
  EngineFacts,
  GenerateCall,
  LoadProgress,
  LoadResult,
  MemoryBudget,
  PackageRates,
  ProbeCall,
  RequestPriority,
  WorkerApi,
  WorkerHello,
} from './worker-messages.ts';
export { requestPriorities } from './worker-messages.ts';
