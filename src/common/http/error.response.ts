import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class FieldErrorResponse {
  @ApiProperty({ example: 'severity' }) field: string;
  @ApiProperty({ example: 'Invalid severity. Must be one of: low, medium, high, critical' }) message: string;
}

/** The error contract, as the OpenAPI document shows it. */
export class ErrorResponse {
  @ApiProperty({ enum: ['error'] }) status: 'error';
  @ApiProperty({ example: 'Missing required field: title' }) message: string;
  @ApiProperty({ example: 'request/invalid', description: 'Stable, for programs' }) code: string;
  @ApiPropertyOptional({
    type: [FieldErrorResponse],
    description: 'Every broken rule; the first is the message',
  })
  errors?: FieldErrorResponse[];
  @ApiProperty({ description: 'Quote it: operators find the log lines by it' }) request_id: string;
}
