import { DeliveryAttempt } from './deliveries/attempt.entity';
import { Delivery } from './deliveries/delivery.entity';
import { NotificationEndpoint } from './endpoints/endpoint.entity';
import { EndpointSecret } from './endpoints/endpoint-secret.entity';

export const NOTIFICATION_ENTITIES = [NotificationEndpoint, EndpointSecret, Delivery, DeliveryAttempt];
