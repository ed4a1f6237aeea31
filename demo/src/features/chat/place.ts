import type { LoadedModel, Receipt, Route, RouteReason } from '@orilla/contract';
import type { Dictionary } from '../../i18n/dictionary.ts';

/** Where an answer was computed, as far as it is known: from the receipt once there is one, before that from the route. */
export type AnswerPlace =
  | {
      readonly place: 'device';
      readonly computedOn: 'gpu' | 'cpu' | null;
      readonly threads: number | null;
      readonly reasons: readonly RouteReason[];
    }
  | { readonly place: 'relay'; readonly reasons: readonly RouteReason[] };

/** `loaded` is what the device has open now: it tells the backend while an answer still streams and has no receipt. */
export function answerPlace(route: Route, receipt: Receipt | null, loaded: LoadedModel | null): AnswerPlace {
  const part = receipt?.parts.at(-1);
  const { reasons } = route;
  if ((part?.place ?? route.place) === 'relay') return { place: 'relay', reasons };
  const known = part?.place === 'device' ? part : loaded;
  if (!known) return { place: 'device', computedOn: null, threads: null, reasons };
  const isOnGpu = known.backend === 'webgpu';
  return { place: 'device', computedOn: isOnGpu ? 'gpu' : 'cpu', threads: isOnGpu ? null : known.threads, reasons };
}

export function placeName(place: AnswerPlace, { place: words }: Dictionary): string {
  if (place.place === 'relay') return words.server;
  if (place.computedOn === null) return words.device;
  return place.computedOn === 'gpu' ? words.deviceGpu : words.deviceCpu;
}
