import {
  Attribute,
  AttributeMap,
  AttributeValue,
  checkAttributeCount,
  checkAttributeDepth,
} from './otlp-attributes';
import type { PointAttributes } from './otlp-points';
import { bytesTag, fieldSet, fixed64Tag, ProtobufReader, varintTag } from './protobuf-reader';
import { InvalidWireBody } from './protocols.errors';

/** `KeyValue { string key = 1; AnyValue value = 2; }` */
const KEY = bytesTag(1);
const VALUE = bytesTag(2);
const KEY_VALUE_FIELDS = fieldSet(1, 2);
/** `AnyValue`, one of its fields. */
const STRING_VALUE = bytesTag(1);
const BOOL_VALUE = varintTag(2);
const INT_VALUE = varintTag(3);
const DOUBLE_VALUE = fixed64Tag(4);
const ARRAY_VALUE = bytesTag(5);
const MAP_VALUE = bytesTag(6);
const BYTES_VALUE = bytesTag(7);
const ANY_VALUE_FIELDS = fieldSet(1, 2, 3, 4, 5, 6, 7);
/** `values = 1` of ArrayValue and of KeyValueList. */
const VALUES = bytesTag(1);
const VALUES_FIELDS = fieldSet(1);

/** No longer value can make a label, which has 2,048 bytes at most: a list's items take more bytes here than in its text. */
const MAX_VALUE_BYTES = 16_384;

/** A point's attributes as they stood on the wire, one field after the other in a latin1 string. */
export class AttributeBytes implements PointAttributes {
  readonly key: string;

  constructor(private readonly fields: string) {
    this.key = `p${fields}`;
  }

  read(): Attribute[] {
    const reader = new ProtobufReader(Buffer.from(this.fields, 'latin1'));
    const attributes: Attribute[] = [];
    while (reader.position < reader.end) {
      reader.tag();
      checkAttributeCount(attributes.push(readAttribute(reader, 0)));
    }
    return attributes;
  }
}

/** Reads the KeyValue at the reader's position where its key is wanted, else passes over it and gives null. Throws InvalidWireBody. */
export function readWantedAttribute(
  reader: ProtobufReader,
  isWanted: (key: string) => boolean,
): Attribute | null {
  const outer = reader.enter();
  const start = reader.position;
  let key = '';
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) reader.advance(reader.byteLength());
    else reader.skip(tag, KEY_VALUE_FIELDS);
  }
  reader.position = start;
  const attribute = isWanted(key) ? readKeyValue(reader, 0) : null;
  reader.leave(outer);
  return attribute;
}

/** Reads the KeyValue at the reader's position. Throws InvalidWireBody. */
function readAttribute(reader: ProtobufReader, depth: number): Attribute {
  const outer = reader.enter();
  const attribute = readKeyValue(reader, depth);
  reader.leave(outer);
  return attribute;
}

function readKeyValue(reader: ProtobufReader, depth: number): Attribute {
  let key = '';
  let value: AttributeValue = null;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) value = readValue(reader, depth);
    else reader.skip(tag, KEY_VALUE_FIELDS);
  }
  return [key, value];
}

function readValue(reader: ProtobufReader, depth: number): AttributeValue {
  checkAttributeDepth(depth);
  const outer = reader.enter();
  if (reader.end - reader.position > MAX_VALUE_BYTES)
    throw new InvalidWireBody(`an attribute has a value of more than ${MAX_VALUE_BYTES} bytes`);
  let value: AttributeValue = null;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case STRING_VALUE:
        value = reader.text();
        break;
      case BOOL_VALUE:
        value = reader.uint64() !== 0;
        break;
      case INT_VALUE:
        value = reader.bigInt64();
        break;
      case DOUBLE_VALUE:
        value = reader.double();
        break;
      case ARRAY_VALUE:
        value = readValues(reader, () => readValue(reader, depth + 1));
        break;
      case MAP_VALUE:
        value = new AttributeMap(readValues(reader, () => readAttribute(reader, depth + 1)));
        break;
      case BYTES_VALUE:
        value = reader.blob();
        break;
      default:
        reader.skip(tag, ANY_VALUE_FIELDS);
    }
  }
  reader.leave(outer);
  return value;
}

function readValues<T>(reader: ProtobufReader, readOne: () => T): T[] {
  const outer = reader.enter();
  const values: T[] = [];
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === VALUES) values.push(readOne());
    else reader.skip(tag, VALUES_FIELDS);
  }
  reader.leave(outer);
  return values;
}
