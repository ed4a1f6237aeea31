import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerNames, isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import { answerPreflight, checkOrigin, isPreflight } from '../access/cors.ts';
import { checkHost } from '../access/host-guard.ts';
import type { Authenticate } from '../access/keys.ts';
import type { Principal } from '../access/principal.ts';
import { busy, createAdmission } from './admission.ts';
import { answerWithError, type HeaderList } from './answer.ts';
import { checkContentType } from './content-type.ts';
import { refuseLargeBody } from './read-body.ts';
import { internalError, type RelayLog } from './relay-log.ts';
import { repeatedHeader } from './repeated-header.ts';
import { createRouteTable, type ExchangeNote, isApiPath, type PathMatch, type Route } from './route-table.ts';

export interface RouterOptions {
  readonly routes: readonly Route[];
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly authenticate: Authenticate;
  /** Who asks on open routes. */
  readonly anonymous: Principal;
  /** More requests than this at once are refused, also where they share connections. */
  readonly maxActive: number;
  readonly isDraining: () => boolean;
  readonly log: RelayLog;
  readonly newId: () => string;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

export interface Router {
  /** Answers every request; never throws. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** How many requests are being answered. */
  readonly active: () => number;
}

/**
 * The one way into the relay. All guards stand here, before the route table's handlers, so that no route can be without:
 * Host, repeated headers, Origin, the table itself, the key, how much is being answered already, the content type.
 */
export function createRouter(options: RouterOptions): Router {
  const { origins, hosts, authenticate, anonymous, log, newId, now } = options;
  const findRoutes = createRouteTable(options.routes);
  const take = createAdmission(options);
  let active = 0;

  /** Lets a request in, or throws what to answer instead. */
  function admit(request: IncomingMessage, response: ServerResponse, record: RequestRecord): void {
    const { headers } = record;
    const target = request.url ?? '';
    const queryAt = target.indexOf('?');
    const path = queryAt === -1 ? target : target.slice(0, queryAt);
    const match = findRoutes(path);
    // An orchestrator asks for the health by the address that it happens to know.
    if (!match?.routes.every(({ access }) => access === 'probe')) checkHost(request, hosts);
    const repeated = repeatedHeader(request.rawHeaders);
    if (repeated !== null) throw repeatedError(repeated);
    checkOrigin(request, headers, { origins, isPage: !isApiPath(path) });
    if (!match) throw unknownRoute();
    if (isPreflight(request)) {
      setHeaders(response, headers);
      answerPreflight(request, response, methodsOf(match));
      return;
    }
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = match.routes.find((candidate) => candidate.method === method);
    if (!route) {
      if (match.routes.every(({ path: pattern }) => pattern === '/*')) throw unknownRoute();
      const methods = methodsOf(match);
      headers.push('Allow', methods);
      throw new OrillaError('protocol.wrong-method', `This path answers ${methods} only.`);
    }
    record.route = route.path;
    const principal = route.access === 'key' ? authenticate(request.headers) : anonymous;
    record.key = principal.name;
    if (route.access === 'key' && options.isDraining()) throw busy('The relay is shutting down.');
    if (route.access !== 'probe') take(request, response);
    if (route.method === 'POST') checkContentType(request.headers);
    const query = queryAt === -1 ? '' : target.slice(queryAt);
    if (!route.writesHeaders) setHeaders(response, headers);
    const { id, note } = record;
    const exchange = { id, request, response, headers, rest: match.rest, query, principal, note };
    const pending = route.handle(exchange);
    if (pending) pending.catch((error: unknown) => refuse(request, response, record, error));
  }

  function refuse(request: IncomingMessage, response: ServerResponse, record: RequestRecord, error: unknown): void {
    if (isAbortError(error) || response.destroyed) return;
    if (!isOrillaError(error)) log('error', internalError(error, record.id));
    const known = isOrillaError(error) ? error : internalFault();
    record.note.code = known.code;
    const { headers } = record;
    if (known.code === 'relay.overloaded') headers.push('Retry-After', '1');
    if (known.code === 'protocol.too-large' && !response.headersSent && !request.complete) {
      refuseLargeBody(request, response, known, headers);
    } else {
      answerWithError(response, known, headers);
    }
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const startedMs = now();
    const id = newId();
    const note: ExchangeNote = { upstream: null, upstreamStatus: null, code: null };
    const headers = [headerNames.requestId, id, 'X-Request-Id', id, 'X-Content-Type-Options', 'nosniff'];
    if (options.isDraining()) headers.push('Connection', 'close');
    const record: RequestRecord = { id, headers, route: null, key: null, note };
    active++;
    response.on('close', () => {
      active--;
      // An answer that began before the shutdown has promised to keep its connection.
      if (options.isDraining()) request.socket.destroySoon();
      const { statusCode: status, writableFinished: isComplete } = response;
      const ms = Math.round((now() - startedMs) * 10) / 10;
      log('info', {
        event: 'request',
        requestId: id,
        route: record.route,
        status,
        ms,
        isComplete,
        key: record.key,
        ...note,
      });
    });
    try {
      admit(request, response, record);
    } catch (error) {
      refuse(request, response, record, error);
    }
  }

  return { handle, active: () => active };
}

/** What becomes known about a request on its way to its handler, for its answer and its log line. */
interface RequestRecord {
  readonly id: string;
  /** What its answer carries, whatever it is. */
  readonly headers: string[];
  route: string | null;
  key: string | null;
  readonly note: ExchangeNote;
}

const methodsOf = ({ routes }: PathMatch): string =>
  routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');

function setHeaders(response: ServerResponse, headers: HeaderList): void {
  for (let at = 0; at < headers.length; at += 2) response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
}

const unknownRoute = () =>
  new OrillaError('protocol.unknown-route', 'The relay has nothing at this path.', {
    advice: 'Check the base URL: it ends in /v1.',
  });

const repeatedError = (name: string) =>
  name === 'orilla-privacy'
    ? new OrillaError('protocol.bad-privacy-header', 'The privacy header stands twice in this request.', {
        advice: 'Send it once.',
      })
    : new OrillaError('protocol.bad-request', `The header "${name}" stands twice in this request.`, {
        advice: 'Send it once.',
      });

const internalFault = () =>
  new OrillaError('relay.failed', 'The relay itself made a mistake.', {
    advice: 'Tell its operator the request id of this answer.',
  });
