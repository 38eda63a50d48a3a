import { Instant, Text } from '../common/validation/fields';
import { Permission } from './access-matrix';
import { Scopes } from './account-fields';

export class CreateApiKeyRequest {
  @Text(100, { example: 'ci pipeline' })
  name: string;

  @Scopes({ description: 'Permissions that you hold yourself' })
  scopes: Permission[];

  @Instant({ required: false, description: 'Without it the key is good until it is revoked' })
  expires_at?: string;
}
