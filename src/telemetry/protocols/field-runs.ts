import type { ProtobufReader } from './protobuf-reader';

/** The bytes of some fields of a message, tags included, as one latin1 string. They usually stand in one run, which is then copied once. */
export class FieldRuns {
  private earlier = '';
  private start = 0;
  private end = 0;

  clear(): void {
    this.earlier = '';
    this.start = 0;
    this.end = 0;
  }

  /** Takes the length-delimited field that starts at `fieldStart` and whose tag has been read. */
  take(reader: ProtobufReader, fieldStart: number): void {
    reader.advance(reader.byteLength());
    if (fieldStart !== this.end) {
      this.earlier = this.text(reader);
      this.start = fieldStart;
    }
    this.end = reader.position;
  }

  text({ bytes }: ProtobufReader): string {
    const run = bytes.toString('latin1', this.start, this.end);
    return this.earlier === '' ? run : this.earlier + run;
  }
}
