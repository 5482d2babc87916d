import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { MessageClass } from './model/message.js';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

type AnyClass = abstract new () => object;

const compiled = new Map<AnyClass, JsonSchema>();

/** The schema of a declared class: closed (no unknown fields), with the classes that it is made of written into it. */
export function schemaOf(declared: AnyClass): JsonSchema {
  const known = compiled.get(declared);
  if (known) return known;
  const parts = new Map<string, AnyClass>();
  for (const part of partsOf(declared)) {
    // References go by class names, which a minifier may have made equal, and which nothing else goes by.
    for (let other = parts.get(part.name); other && other !== part; other = parts.get(part.name)) {
      Object.defineProperty(part, 'name', { value: `${part.name}_` });
    }
    parts.set(part.name, part);
  }
  const raw = targetConstructorToSchema(declared, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: '#/',
  }) as JsonSchema;
  // Of a class without fields nothing is known to the compiler: it is an object that holds nothing.
  const closed = { properties: {}, type: 'object', ...raw, additionalProperties: false };
  const schema = inline(closed, parts) as JsonSchema;
  compiled.set(declared, schema);
  return schema;
}

/** Classes that the fields of this one are made of, inherited fields included. */
function partsOf(declared: AnyClass): AnyClass[] {
  const parent: unknown = Object.getPrototypeOf(declared);
  const inherited = parent === Function.prototype ? [] : partsOf(parent as AnyClass);
  const exposed = (
    defaultMetadataStorage as unknown as { _typeMetadatas: Map<AnyClass, Map<string, { typeFunction(): AnyClass }>> }
  )._typeMetadatas.get(declared);
  return [...inherited, ...[...(exposed?.values() ?? [])].map((field) => field.typeFunction())];
}

function inline(value: unknown, parts: ReadonlyMap<string, AnyClass>): unknown {
  if (Array.isArray(value)) return value.map((item) => inline(item, parts));
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as { $ref?: string }).$ref;
  if (reference !== undefined) {
    const part = parts.get(reference.slice('#/'.length));
    if (!part) throw new Error(`Schema refers to ${reference}, which is not declared with Part or Parts.`);
    return schemaOf(part);
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inline(child, parts)]));
}

const ajv = new Ajv2020({ allErrors: true, strict: false });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);

const validators = new Map<AnyClass, ValidateFunction>();

/** Checks stored payloads. Returns what is wrong, or null. */
export function faultOf(declared: MessageClass, data: unknown): string | null {
  let validate = validators.get(declared);
  if (!validate) {
    validate = ajv.compile(schemaOf(declared));
    validators.set(declared, validate);
  }
  return validate(data) ? null : ajv.errorsText(validate.errors, { dataVar: declared.type });
}
