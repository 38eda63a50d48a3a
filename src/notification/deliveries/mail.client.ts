import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';

import { MailConfig, ServerConfig } from '../../config/sections';
import type { MailSetting } from '../endpoints/endpoint.entity';
import type { MailMessage } from '../notices/mail-message';
import { type MailFailure, readMailFailure, readRefusals } from './mail-reply';
import type { AttemptEnd } from './retry-decision';

/** A mail of a delivery. */
export interface OutgoingMail {
  /** Of its delivery: a mail that is sent again can be told by it. */
  readonly id: string;
  readonly endpointId: number;
  readonly setting: MailSetting;
  readonly message: MailMessage;
}

/**
 * Hands mails to the one mail server that the operator has configured; no caller of the API says where they go. What they say was made by
 * `mailMessage`, and no file or URL is ever read for one.
 */
@Injectable()
export class MailClient {
  private readonly host: string;

  constructor(
    private readonly config: MailConfig,
    server: ServerConfig,
  ) {
    const place = server.publicUrl === '' ? null : new URL(server.publicUrl).hostname;
    const isName = place !== null && /^[a-z0-9.-]+$/.test(place);
    this.host = isName ? place : config.from.split('@')[1];
  }

  get isConfigured(): boolean {
    return this.config.host !== '';
  }

  /** Never throws: where there is no answer, for whatever reason, it may be tried again. */
  async send({ id, endpointId, setting, message }: OutgoingMail, timeoutMs: number): Promise<AttemptEnd> {
    if (!this.isConfigured)
      return { kind: 'lost', error: 'SMTP_HOST is not set where notifications are sent' };
    const thread =
      message.thread === null ? undefined : this.nameOf(`${message.thread}.endpoint.${endpointId}`);
    const { host, port, security, user, password } = this.config;
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user !== '' && { auth: { user, pass: password } }),
      tls: { minVersion: 'TLSv1.2' },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const sent = await transport.sendMail({
        from: setting.from ?? this.config.from,
        to: [...setting.recipients],
        subject: message.subject,
        text: message.text,
        html: message.html,
        messageId: this.nameOf(id),
        ...(thread !== undefined && { inReplyTo: thread, references: thread }),
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      return readRefusals(sent.rejectedErrors ?? []);
    } catch (error) {
      return readMailFailure(error as MailFailure, timeoutMs);
    } finally {
      transport.close();
    }
  }

  /** As Message-ID and References have it. */
  private nameOf(text: string): string {
    return `<${text}@${this.host}>`;
  }
}
