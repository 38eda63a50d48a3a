import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { Readiness } from './readiness';

const LOOK_MS = 50;

/**
 * Leaves in order: says that it is not ready and goes on serving, until nobody is connected or the time is over. A balancer needs that long
 * to look elsewhere; a server that closed at once would break whatever was sent meanwhile. Every answer ends its connection.
 */
export async function drain(server: Server, readiness: Readiness, limitSeconds: number): Promise<void> {
  readiness.drain();
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  const deadline = performance.now() + limitSeconds * 1_000;
  while (performance.now() < deadline && (await connectionsOf(server)) > 0) await delay(LOOK_MS);
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}
