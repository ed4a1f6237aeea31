import { headerNames, isOrillaError, OrillaError, type Privacy } from '@orilla/contract';
import type { Dispatcher } from 'undici';
import { answerWithError, answerWithText, type HeaderList } from '../http/answer.ts';
import { BodyCollector } from '../http/body-collector.ts';
import type { CheckedRequest } from '../http/check-request.ts';
import { failureReason, internalError, type RelayLog } from '../http/relay-log.ts';
import type { Exchange } from '../http/route-table.ts';
import { answerJson } from '../streams/answer-json.ts';
import { answerReceipt } from '../streams/answer-receipt.ts';
import { type AnswerOptions, AnswerStream } from '../streams/answer-stream.ts';
import type { Candidate } from './permitted-upstreams.ts';
import { upstreamBody } from './upstream-body.ts';
import { fromUpstreamError } from './upstream-error.ts';
import {
  answeredAlready,
  clientLeft,
  connectionFault,
  parseOrNothing,
  unreachable,
  upstreamFault,
} from './upstream-fault.ts';

export interface ForwardOptions {
  /** All upstreams that may answer, in the order of preference; at least one. */
  readonly candidates: readonly Candidate[];
  readonly privacy: Privacy;
  readonly wantsReceipt: boolean;
  readonly log: RelayLog;
}

/** An answer that isn't streamed is held in memory, but no larger one. */
const maxJsonBytes = 64 * 1024 * 1024;
const maxErrorBytes = 64 * 1024;
const streamHeaders: HeaderList = [
  ...['Content-Type', 'text/event-stream; charset=utf-8'],
  // A proxy in between must neither gather tokens nor change them.
  ...['Cache-Control', 'no-cache, no-transform'],
  ...['X-Accel-Buffering', 'no'],
];

/** Answers a request by forwarding it. Returns at once; every end of it is an answer or a closed connection. */
export function forwardRequest(exchange: Exchange, request: CheckedRequest, options: ForwardOptions): void {
  new Forwarding(exchange, request, options).start();
}

/** How the upstream's answer is taken, once its status is known. */
type Answer =
  | { readonly kind: 'stream'; readonly stream: AnswerStream }
  | { readonly kind: 'json'; readonly body: BodyCollector }
  | { readonly kind: 'error'; readonly status: number; readonly body: BodyCollector };

/**
 * One request on its way through the relay: asks upstreams in turn until one takes a connection, then passes on what it
 * answers. Bytes wait nowhere but in the sockets: each side's slowness slows the other. Whoever ends first ends both.
 */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #request: CheckedRequest;
  readonly #options: ForwardOptions;
  readonly #startedAt = new Date();
  #next = 0;
  #current: Candidate | null = null;
  /** Set once the request is on the upstream's connection: from then on nobody else may be asked. */
  #controller: Dispatcher.DispatchController | null = null;
  #answer: Answer | null = null;
  #isOver = false;

  constructor(exchange: Exchange, request: CheckedRequest, options: ForwardOptions) {
    this.#exchange = exchange;
    this.#request = request;
    this.#options = options;
  }

  start(): void {
    const { response } = this.#exchange;
    response.on('close', () => this.#onClientClosed());
    response.on('drain', () => this.#controller?.resume());
    this.#tryNext();
  }

  #tryNext(): void {
    const { candidates } = this.#options;
    let candidate = candidates[this.#next++];
    while (candidate && !candidate.upstream.isUp) candidate = candidates[this.#next++];
    if (!candidate) {
      this.#refuse(this.#current ? unreachable() : this.#nobodyUp());
      return;
    }
    this.#current = candidate;
    const { upstream } = candidate;
    this.#exchange.note.upstream = upstream.config.name;
    const body = upstreamBody(this.#request, candidate, {
      cacheSalt: this.#exchange.principal.cacheSalt,
      wantsReceipt: this.#options.wantsReceipt,
    });
    const accept = this.#request.isStream ? 'text/event-stream' : 'application/json';
    upstream.dispatch(this.#request.endpoint.path, { body, accept, requestId: this.#exchange.id }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(clientLeft());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200 || this.#isOver) return;
    const { response, headers: own, note } = this.#exchange;
    note.upstreamStatus = status;
    const zone = this.#current?.upstream.config.zone;
    own.push(headerNames.place, 'relay');
    if (zone) own.push(headerNames.upstreamZone, zone);
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      this.#refuse(upstreamFault('compressed its answer, though it was not asked to'));
      controller.abort(answeredAlready());
      return;
    }
    if (status !== 200) {
      const retryAfter = headers['retry-after'];
      if (typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter)) own.push('Retry-After', retryAfter);
      this.#answer = { kind: 'error', status, body: new BodyCollector(maxErrorBytes) };
      return;
    }
    const type = headers['content-type'];
    if (!this.#request.isStream || typeof type !== 'string' || !/^text\/event-stream\b/i.test(type)) {
      this.#answer = { kind: 'json', body: new BodyCollector(maxJsonBytes) };
      return;
    }
    this.#answer = { kind: 'stream', stream: new AnswerStream(this.#answerOptions()) };
    response.writeHead(200, [...own, ...streamHeaders]);
    // Mostly the first event came in the same packet and takes the headers along; otherwise they go alone.
    process.nextTick(() => {
      if (!this.#isOver) response.flushHeaders();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) {
      // It goes on after its last event, or after an answer that was given up.
      controller.abort(answeredAlready());
      return;
    }
    const answer = this.#answer;
    if (answer?.kind === 'stream') {
      this.#send(answer.stream.push(chunk), answer.stream, controller);
    } else if (answer && !answer.body.push(chunk)) {
      this.#refuse(
        answer.kind === 'error'
          ? fromUpstreamError(answer.status, undefined)
          : upstreamFault(`sent an answer larger than ${maxJsonBytes} bytes`),
      );
      controller.abort(answeredAlready());
    }
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const answer = this.#answer;
    if (this.#isOver || !answer) return;
    if (answer.kind === 'stream') {
      this.#send(answer.stream.end(), answer.stream, controller);
    } else if (answer.kind === 'error') {
      this.#refuse(fromUpstreamError(answer.status, parseOrNothing(answer.body.bytes())));
    } else {
      this.#answerWhole(answer.body.bytes());
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    const { id } = this.#exchange;
    const reason = failureReason(error);
    if (!this.#controller) {
      this.#current?.upstream.markDown();
      const upstream = this.#current?.upstream.config.name ?? '';
      this.#options.log('warn', { event: 'upstream-unreachable', upstream, reason });
      this.#tryNext();
      return;
    }
    if (reason === 'unknown') this.#options.log('error', internalError(error, id));
    const fault = connectionFault(reason, this.#answer?.kind === 'stream');
    if (this.#answer?.kind === 'stream') {
      this.#send(this.#answer.stream.fail(fault), this.#answer.stream, null);
    } else {
      this.#refuse(fault);
    }
  }

  #send(bytes: Buffer | null, stream: AnswerStream, controller: Dispatcher.DispatchController | null): void {
    const { response, note } = this.#exchange;
    if (stream.isOver) {
      this.#isOver = true;
      note.code = stream.failure?.code ?? null;
      response.end(bytes ?? undefined);
      if (stream.failure) controller?.abort(answeredAlready());
      return;
    }
    // A client that stops reading for good is the listener's to cut off.
    if (bytes && !response.write(bytes)) controller?.pause();
  }

  /** Also called after a complete answer, when there is nothing left to do. */
  #onClientClosed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(clientLeft());
  }

  #answerWhole(bytes: Buffer): void {
    try {
      const json = answerJson(bytes, this.#request, this.#answerOptions());
      if (this.#request.isStream) throw upstreamFault('did not stream its answer');
      this.#isOver = true;
      answerWithText(this.#exchange.response, 200, json, this.#exchange.headers);
    } catch (error) {
      if (!isOrillaError(error)) throw error;
      this.#refuse(error);
    }
  }

  #refuse(error: OrillaError): void {
    this.#isOver = true;
    this.#exchange.note.code = error.code;
    answerWithError(this.#exchange.response, error, this.#exchange.headers);
  }

  #nobodyUp(): OrillaError {
    const seconds = Math.min(...this.#options.candidates.map(({ upstream }) => upstream.secondsUntilRetry));
    this.#exchange.headers.push('Retry-After', String(seconds));
    return new OrillaError('relay.no-upstream', 'No model server for this model can be reached for now.', {
      advice: 'Try again in a moment.',
    });
  }

  #answerOptions(): AnswerOptions {
    const { model, choices, wantsUsage } = this.#request;
    const upstream = this.#current?.upstream;
    if (!this.#options.wantsReceipt || !upstream) return { model, choices, wantsUsage, receipt: null };
    const { privacy } = this.#options;
    const facts = { requestId: this.#exchange.id, startedAt: this.#startedAt, privacy, model, upstream };
    return { model, choices, wantsUsage, receipt: (figures) => answerReceipt(facts, figures) };
  }
}
