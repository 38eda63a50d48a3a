import { once } from 'node:events';
import { connect, Socket } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Speaks to the server over a socket of its own, since clients refuse to send what an attacker would. */
export class RawHttp {
  private readonly port: number;

  constructor(base: string) {
    this.port = Number(new URL(base).port);
  }

  /** A request with this very path, unnormalised. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answers = await this.exchange(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}Connection: close\r\n\r\n`,
    );
    if (answers.length !== 1) throw new Error(`${answers.length} answers to GET ${path}`);
    return answers[0];
  }

  /** Sends bytes and reads every answer until the server closes, or has been silent for a while. */
  async exchange(bytes: string | Buffer, silenceMs = 400): Promise<RawAnswer[]> {
    const socket = await this.open();
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.write(bytes);
    await once(socket, 'close').catch(() => undefined);
    return parseAnswers(received);
  }

  /** A connection, for whoever wants to be slow with it. */
  async open(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }
}

/** The answers in a stream of bytes, told apart by their own lengths. */
export function parseAnswers(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`No whole answer in ${JSON.stringify(rest.slice(0, 200))}`);
    const [statusLine, ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length =
      headers['transfer-encoding'] === 'chunked' ? rest.length : Number(headers['content-length'] ?? 0);
    answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
