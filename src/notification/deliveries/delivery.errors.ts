import { DomainError } from '../../common/errors/domain-error';

export class DeliveryNotFound extends DomainError {
  constructor(id: string) {
    super('not_found', 'notification/delivery-not-found', `Notification delivery ${id} not found`);
  }
}

/** It is on its way as it is. */
export class DeliveryUnderWay extends DomainError {
  constructor(id: string) {
    super(
      'conflict',
      'notification/delivery-under-way',
      `Notification delivery ${id} has not ended yet; only delivered and failed ones are sent again`,
    );
  }
}
