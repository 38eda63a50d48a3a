import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

import { EgressAllowList, EgressRule } from '../../src/egress/egress-allow-list';
import { EgressScheme } from '../../src/egress/egress-url';

/** A request as a target saw it. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answering = (request: RecordedRequest, response: ServerResponse, raw: IncomingMessage) => void;

/** A target on loopback that remembers what it was told, and answers as a test says. */
export class RecordingTarget {
  readonly requests: RecordedRequest[] = [];
  readonly port: number;
  connections = 0;
  answer: Answering = (_, response) => response.end('{}');

  private constructor(
    private readonly server: Server,
    private readonly scheme: EgressScheme,
  ) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', () => (this.connections += 1));
    server.on('request', (raw: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      raw.on('data', (chunk: Buffer) => chunks.push(chunk));
      raw.on('end', () => {
        const { method = '', url = '', headers } = raw;
        const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
        this.requests.push(request);
        this.answer(request, response, raw);
      });
    });
  }

  /** With TLS where it is given what TLS needs. */
  static async start(tls?: ServerOptions): Promise<RecordingTarget> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RecordingTarget(server, tls === undefined ? 'http' : 'https');
  }

  get origin(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Allows the origins that it is given, wherever they lead. */
export class AllowedOrigins extends EgressAllowList {
  constructor(private readonly origins: string[]) {
    super();
  }

  async find(scheme: EgressScheme, host: string, port: number): Promise<EgressRule | null> {
    const isAllowed = this.origins.includes(`${scheme}://${host}:${port}`);
    return isAllowed ? { scheme, host, port, allowPrivate: true } : null;
  }
}
