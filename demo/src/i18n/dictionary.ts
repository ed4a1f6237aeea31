import type { PrivacyLabel } from '@orilla/contract';
import type { ErrorKind } from '../features/errors/error-kind.ts';
import type { RowAction, RowState } from '../features/models/row-state.ts';
import type { Formats } from './formats.ts';

/** What an error card says: what happened, why, and what the reader can do. */
export interface ErrorText {
  readonly what: string;
  readonly why: string;
  readonly advice: string;
}

/** What the Models page says. A `title` is a model's. */
export interface ModelsText {
  readonly pageTitle: string;
  readonly heading: string;
  readonly lead: string;
  readonly list: string;
  readonly unlisted: string;
  readonly unlistedNote: string;
  readonly states: Readonly<Record<RowState, string>>;
  /** What there is to say of a state beyond its name. */
  readonly stateNotes: Readonly<Partial<Record<RowState, string>>>;
  readonly damaged: (chunks: number) => string;
  readonly intact: string;
  readonly checked: (done: number, total: number) => string;
  readonly sharedWith: (titles: string) => string;
  readonly actions: Readonly<Record<RowAction, string>>;
  readonly exporting: string;
  readonly pin: string;
  readonly changed: (title: string, state: string) => string;
  readonly remove: {
    readonly title: (title: string) => string;
    readonly frees: (bytes: number) => string;
    readonly alsoOf: (titles: string) => string;
    readonly again: string;
    readonly confirm: string;
    readonly keep: string;
  };
  readonly cancelDownload: {
    readonly title: (title: string) => string;
    readonly deletes: (bytes: number) => string;
    readonly confirm: string;
    readonly keep: string;
  };
  readonly import: string;
  readonly importHint: string;
  readonly importing: (fileName: string) => string;
  readonly close: string;
  readonly storage: {
    readonly title: string;
    readonly used: (bytes: number) => string;
    readonly free: (bytes: number) => string;
    readonly unknown: string;
    readonly budget: (bytes: number) => string;
    readonly kept: string;
    readonly notKept: string;
  };
}

/** Every string of the page. A language that lacks one does not compile. */
export interface Dictionary {
  /** The language's own name, as a speaker of it writes it. */
  readonly languageName: string;
  readonly formats: Formats;

  readonly page: {
    readonly title: string;
    readonly newConversation: string;
    readonly language: string;
    readonly views: string;
    readonly chat: string;
    readonly models: string;
    readonly updateReady: string;
    /** Another tab has changed to the newer version. */
    readonly updateDone: string;
    readonly reload: string;
    readonly offline: string;
    /** The same where the model is not here yet. */
    readonly offlineWithoutModel: string;
  };

  readonly welcome: {
    readonly headline: string;
    readonly lead: string;
    readonly tryAsking: string;
    /** The language of the suggestions, which need not be the page's: a small model knows one. */
    readonly suggestionsLanguage: string;
    readonly suggestions: readonly [string, string, string];
  };

  readonly model: {
    readonly choose: string;
    readonly current: (title: string) => string;
    readonly download: (bytes: number) => string;
    readonly downloadOnce: string;
    readonly ready: string;
    readonly readyOffline: string;
    readonly downloading: (title: string) => string;
    readonly checking: (title: string) => string;
    readonly waiting: (title: string) => string;
    readonly waitingWhy: string;
    readonly paused: (title: string) => string;
    readonly verifying: (title: string) => string;
    readonly opening: (title: string) => string;
    readonly progress: (stored: number, total: number) => string;
    readonly speed: (bytesPerSecond: number) => string;
    readonly timeLeft: (seconds: number) => string;
    readonly cancel: string;
    readonly cancelDownload: string;
    readonly resume: string;
    readonly resumeDownload: string;
    readonly license: (name: string) => string;
    readonly fits: string;
    readonly serverOnly: string;
    readonly unavailable: string;
  };

  readonly models: ModelsText;

  readonly privacy: {
    readonly legend: string;
    readonly device: string;
    readonly organization: string;
    readonly labels: Readonly<Record<PrivacyLabel, string>>;
  };

  readonly composer: {
    readonly label: string;
    readonly placeholder: string;
    readonly hint: string;
    readonly send: string;
    readonly stop: string;
  };

  readonly chat: {
    readonly log: string;
    readonly you: string;
    readonly answer: string;
    readonly waiting: string;
    readonly reading: string;
    readonly stopped: string;
    readonly cutShort: string;
    readonly finished: (place: string, text: string) => string;
    readonly retry: string;
    readonly askWithinOrganization: string;
  };

  readonly place: {
    readonly deviceGpu: string;
    readonly deviceCpu: string;
    readonly device: string;
    readonly server: string;
    readonly threads: (count: number) => string;
  };

  readonly reason: {
    readonly tooLarge: string;
    readonly tooLong: string;
    readonly noDevicePackage: string;
    readonly deviceUnavailable: string;
    readonly deviceFailed: string;
    readonly unsupported: string;
    readonly otherTask: { readonly chat: string; readonly embedding: string };
    readonly setAside: string;
    readonly fastest: (expectedSeconds: number, nextSeconds: number) => string;
    readonly keptOpen: (expectedSeconds: number, fastestSeconds: number) => string;
    readonly noRelay: string;
    readonly deviceOnly: string;
    readonly relayAllowed: (label: string) => string;
    readonly canRun: string;
    readonly fits: (need: number, have: number) => string;
    readonly tooLargeDetail: (need: number, have: number) => string;
    readonly contextFits: (prompt: number, isBound: boolean, answer: number, context: number) => string;
    readonly contextTooLong: (prompt: number, isBound: boolean, answer: number, context: number) => string;
  };

  readonly receipt: {
    readonly title: string;
    readonly attested: string;
    readonly engine: string;
    readonly backend: string;
    readonly backendNames: { readonly webgpu: string; readonly wasm: string };
    readonly gpuLayers: string;
    readonly threads: string;
    readonly model: string;
    readonly zone: string;
    readonly zoneUnknown: string;
    readonly privacy: string;
    readonly tokens: string;
    readonly tokenCount: (prompt: number, answer: number) => string;
    readonly started: string;
    readonly request: string;
    readonly why: string;
  };

  readonly errors: Readonly<Record<ErrorKind, ErrorText>>;
  readonly errorDetail: string;
}
