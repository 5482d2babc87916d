import { schemaOf, type JsonSchema } from '#lib/engine/schema.js';
import type { MessageClass } from '#lib/engine/model/message.js';

type Properties = Readonly<Record<string, JsonSchema>>;

/** An object schema with its fields apart. */
export interface FieldSet {
  readonly properties: Properties;
  readonly required: readonly string[];
}

/** The fields of a declared class. */
export function fieldsOf(message: MessageClass): FieldSet {
  const { properties = {}, required = [] } = schemaOf(message) as Partial<FieldSet>;
  return { properties, required };
}

/** Where the fields of a message come from. */
export interface MessageParts {
  readonly message: MessageClass;
  readonly path: FieldSet;
  /** Fields of the query string; empty for what has a body. */
  readonly search: FieldSet;
  /** Null: the route takes no body. */
  readonly body: FieldSet | null;
}

/** Splits a message into path, query string (GET) or body (the others). Throws if the path names what is no field. */
export function splitMessage(message: MessageClass, pathFields: readonly string[], method: string): MessageParts {
  const { properties, required } = fieldsOf(message);
  for (const field of pathFields) {
    if (properties[field]?.type !== 'string')
      throw new Error(`${message.type} has no text field ${field} for its path.`);
  }
  for (const [field, schema] of Object.entries(properties)) {
    if (!required.includes(field) && !Object.hasOwn(schema, 'default')) {
      throw new Error(`${message.type}.${field} may be left out but has no default: write @Default above @Nullable.`);
    }
  }
  const pick = (wanted: (field: string) => boolean): FieldSet => ({
    properties: Object.fromEntries(Object.entries(properties).filter(([field]) => wanted(field))),
    required: required.filter(wanted),
  });
  const inPath = (field: string) => pathFields.includes(field);
  const rest = pick((field) => !inPath(field));
  const path = { ...pick(inPath), required: pathFields };
  return method === 'GET'
    ? { message, path, search: rest, body: null }
    : { message, path, search: { properties: {}, required: [] }, body: rest };
}

/** The JSON Schema of a set of fields: an object without others. */
export function objectSchema({ properties, required }: FieldSet): JsonSchema {
  return { type: 'object', properties, required: [...required], additionalProperties: false };
}
