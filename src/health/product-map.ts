import { Injectable, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** A controller's class. */
interface Controller {
  readonly prototype: Readonly<Record<string, object>>;
}

/** Where Nest and Swagger keep what a controller's decorators say. */
const PATH_METADATA = 'path';
const METHOD_METADATA = 'method';
const TAGS_METADATA = 'swagger/apiUseTags';

/** What is reached beside the controllers, and where a stranger should begin. */
const LANDMARKS = {
  docs: '/api/docs',
  openapi: '/api/docs-json',
  health: '/health',
  liveness: '/healthz',
  readiness: '/readyz',
  status: '/api/status',
  metrics: '/metrics',
};

/** What this build can do and where: read from the controllers that are there, so that it cannot promise what is not. */
@Injectable()
export class ProductMap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** The names under which the API's document groups its routes, sorted. */
  features(): string[] {
    const tags = this.controllers().flatMap(
      (controller) => (Reflect.getMetadata(TAGS_METADATA, controller) ?? []) as string[],
    );
    return [...new Set(tags)].sort();
  }

  /** Where to begin, and every collection that can be listed, by its name. */
  endpoints(): Record<string, string> {
    const paths = this.controllers()
      .filter((controller) => this.answersItsRoot(controller))
      .map((controller) => {
        // Where a controller has several paths, the first is the one to use; the others are there for older callers.
        const [path] = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat();
        return path;
      })
      .map((path) => path.replace(/^\/|\/$/g, ''))
      .filter((path) => path !== '' && !path.includes(':'))
      .sort();
    return { ...LANDMARKS, ...Object.fromEntries(paths.map((path) => [endpointName(path), `/${path}`])) };
  }

  private answersItsRoot({ prototype }: Controller): boolean {
    return this.scanner.getAllMethodNames(prototype).some((name) => {
      const handler = prototype[name];
      const isGet = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
      return isGet && Reflect.getMetadata(PATH_METADATA, handler) === '/';
    });
  }

  private controllers(): Controller[] {
    return this.discovery
      .getControllers()
      .map(({ metatype }) => metatype)
      .filter((metatype) => typeof metatype === 'function') as Controller[];
  }
}

/**
 * The name of a path.
 * @example endpointName('api/admin/jobs') // 'admin_jobs'
 */
function endpointName(path: string): string {
  return path.replace(/^api\//, '').replaceAll(/[^a-z0-9]+/gi, '_');
}
