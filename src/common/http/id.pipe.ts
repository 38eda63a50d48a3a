import { PipeTransform } from '@nestjs/common';

import { InvalidInput } from '../errors/domain-error';
import { isId } from '../validation/fields';

/** Reads a record's id from the path. Throws  InvalidInput where it is not a positive integer. */
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (!isId(id)) throw new InvalidInput('id must be a positive integer');
    return id;
  }
}
