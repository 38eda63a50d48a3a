import { JsonMessage, JsonReader } from './json-message';
import {
  Attribute,
  AttributeMap,
  attributeText,
  AttributeValue,
  checkAttributeDepth,
} from './otlp-attributes';
import type { PointAttributes } from './otlp-points';

/** A point's attributes from JSON, which have been read already: what is put off for bytes costs nothing here. */
export class AttributeTexts implements PointAttributes {
  readonly key: string;

  constructor(private readonly attributes: readonly Attribute[]) {
    let key = 'j';
    for (const [name, value] of attributes) {
      const text = attributeText(value);
      key += `${name.length}:${name}${text.length}:${text}`;
    }
    this.key = key;
  }

  read(): readonly Attribute[] {
    return this.attributes;
  }
}

/** Reads a list of KeyValue messages. Throws InvalidWireBody. */
export function readAttributes(
  reader: JsonReader,
  parent: JsonMessage,
  member: string,
  depth = 0,
): Attribute[] {
  const attributes: Attribute[] = [];
  reader.each(parent, member, (attribute) => {
    // Nearly all are texts, and need no reader.
    const text = (attribute.value as JsonMessage | null | undefined)?.stringValue;
    let value: AttributeValue = typeof text === 'string' ? text : null;
    if (value === null) reader.nested(attribute, 'value', (any) => (value = readValue(reader, any, depth)));
    attributes.push([reader.text(attribute, 'key'), value]);
  });
  return attributes;
}

function readValue(reader: JsonReader, any: JsonMessage, depth: number): AttributeValue {
  checkAttributeDepth(depth);
  if (isSet(any.stringValue)) return reader.text(any, 'stringValue');
  if (isSet(any.boolValue)) return reader.boolean(any, 'boolValue');
  if (isSet(any.intValue)) return reader.bigInt(any, 'intValue');
  if (isSet(any.doubleValue)) return reader.double(any, 'doubleValue');
  if (isSet(any.bytesValue)) return reader.base64(any, 'bytesValue');
  let value: AttributeValue = null;
  reader.nested(any, 'arrayValue', (list) => {
    const values: AttributeValue[] = [];
    reader.each(list, 'values', (item) => values.push(readValue(reader, item, depth + 1)));
    value = values;
  });
  reader.nested(any, 'kvlistValue', (list) => {
    value = new AttributeMap(readAttributes(reader, list, 'values', depth + 1));
  });
  return value;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
