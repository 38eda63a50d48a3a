import { connect, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { ServerProcess } from '../support/server-process';
import type { TestDatabase } from '../support/test-database';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const CLOSED_LIMIT_MS = 35_000;
const FRESH_LIMIT_MS = 500;
const LOOK_MS = 100;
const BYTE_MS = 1_000;

/** What a slow caller sends at once; the rest comes a byte a second. */
const BEGINNINGS: readonly ((token: string) => string)[] = [
  () => '',
  () => 'GET /health HTTP/1.1\r\nHost: loc',
  (token) =>
    `POST /api/anomalies HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"`,
];

/** Many connections that send next to nothing (slow-loris): each is closed in time, and others are served meanwhile as ever. */
export async function holdConnections(
  database: TestDatabase,
  { sockets }: { sockets: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const server = await ServerProcess.start({ DATABASE_URL: database.url });
  const start = performance.now();
  let closed = 0;
  let lastClosedMs = 0;
  const slow = Array.from({ length: sockets }, (_, index) => {
    const socket = drip(server, BEGINNINGS[index % BEGINNINGS.length](server.token));
    socket.once('close', () => {
      closed += 1;
      lastClosedMs = performance.now() - start;
    });
    return socket;
  });
  const freshMs: number[] = [];
  try {
    while (closed < sockets && performance.now() - start < CLOSED_LIMIT_MS + 5_000) {
      const sent = performance.now();
      const { status } = await server.fetch('/api/anomalies?per_page=1');
      freshMs.push(performance.now() - sent);
      if (status !== 200) breaches.add(`others are answered ${status}`);
      progress(closed, sockets);
      await delay(LOOK_MS);
    }
    const p99Ms = freshMs.sort((a, b) => a - b)[Math.floor(freshMs.length * 0.99)];
    if (p99Ms > FRESH_LIMIT_MS) breaches.add(`others wait ${Math.round(p99Ms)} ms (p99)`);
    if (closed < sockets) breaches.add(`${sockets - closed} are still open`);
    else if (lastClosedMs > CLOSED_LIMIT_MS)
      breaches.add(`the last was closed after ${Math.round(lastClosedMs)} ms`);
    return {
      figures: {
        sockets,
        'others p99 ms': Math.round(p99Ms),
        'last closed after s': Math.round(lastClosedMs / 1_000),
      },
      breaches: breaches.list,
    };
  } finally {
    for (const socket of slow) socket.destroy();
    await server.stop();
  }
}

function drip({ url }: ServerProcess, beginning: string): Socket {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(beginning));
  const timer = setInterval(() => socket.write('x'), BYTE_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => clearInterval(timer));
  socket.resume();
  return socket;
}
