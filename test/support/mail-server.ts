import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as the server was given it. */
export interface ReceivedMail {
  readonly recipients: readonly string[];
  readonly isEncrypted: boolean;
  /** By their names in lower case, unfolded; several of one name are several lines. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly raw: string;
}

/** What the server answers instead of taking something; null takes it. */
export type Refusing = (address: string) => { readonly code: number; readonly words: string } | null;

/** A mail server on loopback that remembers what it took, and refuses as a test says. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  refuseRecipient: Refusing = () => null;
  refuseMail: Refusing = () => null;

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  /** In the open and without log-in, unless options say otherwise. */
  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    let self: MailServer | null = null;
    const refuse = (refusal: ReturnType<Refusing> | undefined, done: (error?: Error) => void): void => {
      if (refusal === null || refusal === undefined) done();
      else done(Object.assign(new Error(refusal.words), { responseCode: refusal.code }));
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      onRcptTo: ({ address }, _, done) => refuse(self?.refuseRecipient(address), done),
      onData: (stream, session, done) => {
        void text(stream as Readable).then((raw) => {
          const refusal = self?.refuseMail(raw) ?? null;
          if (refusal === null)
            self?.mails.push({
              recipients: session.envelope.rcptTo.map(({ address }) => address),
              isEncrypted: session.secure,
              headers: headersOf(raw),
              raw,
            });
          refuse(refusal, done);
        });
      },
      ...options,
    });
    // Clients that turn away from a certificate are what some tests are about.
    server.on('error', () => undefined);
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    self = new MailServer(server, (listening.address() as AddressInfo).port);
    return self;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function headersOf(raw: string): Map<string, string[]> {
  const [head] = raw.split('\r\n\r\n');
  const headers = new Map<string, string[]>();
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(name.length + 1).trim()]);
  }
  return headers;
}
