import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { buffer, json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

import { Counter, Gauge, Registry, Summary } from 'prom-client';

import { delayMs, Fault, readFault } from './fault';
import { GroupSigner } from './group-signer';
import { Orders } from './orders';
import { RemediationReceiver } from './remediation-receiver';
import { Worker } from './worker';

/*
 * A small real web service in a process of its own, to be watched: orders are looked up, and its Prometheus page tells how it is.
 * Its faults are real, too: `POST /fault` makes answers slow, or memory leak, until `POST /fault {}`. So are its remedies:
 * `POST /remediate` takes signed orders to restart the worker in which the fault is, and to let more or fewer workers stand by.
 */

/** Quantiles are of the last seconds only, so that they tell the present and recover when it does. */
const QUANTILE_WINDOW_SECONDS = 5;
/** Longer than any pause of the traffic: a connection that is closed while a request is on its way would be a failure of ours. */
const KEEP_ALIVE_MS = 60_000;
/** Pages before anybody looks, so that compiling and growing are over: a start is not what a service usually is. */
const REHEARSALS = 10;
const PAGES_A_REHEARSAL = 100;

const registry = new Registry();
const registers = [registry];
const requests = new Counter({ name: 'orders_requests_total', help: 'Requests answered', registers });
const inFlight = new Gauge({
  name: 'orders_requests_in_flight',
  help: 'Requests being answered now',
  registers,
});
const duration = new Summary({
  name: 'orders_response_seconds',
  help: `Time to answer; quantiles over the last ${QUANTILE_WINDOW_SECONDS} seconds`,
  percentiles: [0.5, 0.95],
  maxAgeSeconds: QUANTILE_WINDOW_SECONDS,
  ageBuckets: QUANTILE_WINDOW_SECONDS,
  registers,
});
new Gauge({
  name: 'process_resident_memory_bytes',
  help: 'Memory of this process as the system sees it',
  registers,
  collect() {
    this.set(process.memoryUsage.rss());
  },
});
new Gauge({
  name: 'nodejs_heap_used_bytes',
  help: 'JavaScript objects, garbage included until it is collected',
  registers,
  collect() {
    this.set(process.memoryUsage().heapUsed);
  },
});

const orders = new Orders(new GroupSigner(randomUUID()));
const { SIGNING_SECRET: secret } = process.env;
if (secret === undefined || secret === '') throw new Error('SIGNING_SECRET is needed');
const receiver = new RemediationReceiver(secret, {
  'remediation.restart_service': restart,
  'remediation.scale_up': () => scale(1),
  'remediation.scale_down': () => scale(-1),
});
let fault: Fault = {};
let worker = new Worker(0);
let workers = 1;
/** Workers beside the one that answers: help against load, and against nothing else. */
let standingBy = 0;

function inject(next: Fault): void {
  fault = next;
  worker.stop();
  worker = new Worker(fault.leak_mb_per_second ?? 0);
}

/** The worker ends with all it holds, and another begins; the process stays, and with it its customers' connections. */
function restart(): string {
  const message = `worker ${workers} ended with ${Math.round(worker.keptMb)} MB; worker ${workers + 1} began`;
  inject({});
  workers += 1;
  return message;
}

function scale(by: 1 | -1): string {
  standingBy = Math.max(0, standingBy + by);
  return `${1 + standingBy} workers now`;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service');
  switch (`${request.method} ${pathname}`) {
    case 'GET /orders':
      return answerOrders(Number(searchParams.get('customer') ?? 1), response);
    case 'GET /metrics':
      return send(response, 200, await registry.metrics(), registry.contentType);
    case 'POST /fault':
      inject(readFault(await json(request)));
      return send(response, 200, fault);
    case 'POST /remediate': {
      const { status, body } = receiver.receive(request.headers, await buffer(request), Date.now() / 1_000);
      return send(response, status, body);
    }
    default:
      return send(response, 404, {
        error: 'known are GET /orders, GET /metrics, POST /fault and POST /remediate',
      });
  }
}

async function answerOrders(customer: number, response: ServerResponse): Promise<void> {
  const stop = duration.startTimer();
  inFlight.inc();
  try {
    const page = await orders.page(customer);
    const wait = delayMs(fault, Math.random());
    if (wait > 0) await delay(wait);
    send(response, 200, page);
  } finally {
    requests.inc();
    inFlight.dec();
    stop();
  }
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

async function main(): Promise<void> {
  for (let i = 0; i < REHEARSALS; i += 1) {
    await Promise.all(Array.from({ length: PAGES_A_REHEARSAL }, (_, customer) => orders.page(customer)));
  }
  globalThis.gc?.();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => send(response, 400, { error: error.message }));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  // Whoever started it is gone, so nobody would stop it.
  process.once('disconnect', () => process.exit(0));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
