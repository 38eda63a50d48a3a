import { PipeTransform } from '@nestjs/common';

import { InvalidInput } from '../errors/domain-error';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a UUID from the path. Throws  InvalidInput where it is no UUID. */
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw new InvalidInput('id must be a UUID');
    return value.toLowerCase();
  }
}
