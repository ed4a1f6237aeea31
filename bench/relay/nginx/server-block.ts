import { chatAnswer, chatPath } from '../chat-exchange.ts';

/** An nginx server that answers every chat request with the same answer. */
export function answeringServer(port: number): string {
  return `server {
    listen 127.0.0.1:${port};
    location = ${chatPath} { default_type application/json; return 200 '${chatAnswer()}'; }
    location = /v1/models { default_type application/json; return 200 '{"object":"list","data":[]}'; }
    location / { default_type application/json; return 200 '{}'; }
  }`;
}

/** An nginx server that hands everything on to `upstream`, an origin, over connections that it keeps. */
export function proxyingServer(port: number, upstream: string): string {
  return `upstream model_server { server ${new URL(upstream).host}; keepalive 32; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://model_server;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      # Tokens must come as they are made; a whole answer of 500 bytes is not slowed by it.
      proxy_buffering off;
    }
  }`;
}
