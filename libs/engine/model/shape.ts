/**
 * The vocabulary in which messages, answers and stored payloads declare their shape. Each word is a class-validator
 * declaration, compiled once into JSON Schema (`schema.ts`). Shapes say types and generic sizes (a 400); rules with a
 * number are the deciders' (a 422). Other decorators are not used: several stock ones mean something else in JSON Schema.
 */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

type Class = new () => object;

/** Generic limits of what can be sent; the rules' own limits are narrower and stand in the deciders. */
export const shapeLimits = { textLength: 20_000, listLength: 1_000 } as const;

type FieldDecorator = (target: object, field: string) => void;

function all(...decorators: readonly FieldDecorator[]): FieldDecorator {
  return (target, field) => {
    for (const decorate of decorators) decorate(target, field);
  };
}

/** A string. */
export function Text(options: { maxLength?: number; description?: string; example?: string } = {}): FieldDecorator {
  const { maxLength = shapeLimits.textLength, description, example } = options;
  const notes = { ...(description && { description }), ...(example && { examples: [example] }) };
  return all(IsString(), MaxLength(maxLength), JSONSchema(notes));
}

/** An instant: ISO 8601 in UTC with milliseconds. Only in what we write; what clients send is judged by a rule. */
export function Instant(): FieldDecorator {
  return all(IsString(), JSONSchema({ format: 'date-time' }));
}

/** A calendar date, `YYYY-MM-DD`. */
export function CalendarDate(): FieldDecorator {
  return all(IsString(), JSONSchema({ format: 'date' }));
}

/** A tenant's GUID; lower-cased on entry. */
export function TenantGuid(): FieldDecorator {
  const pattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
  return (target, field) => {
    tenantGuids.set(target.constructor, [...(tenantGuids.get(target.constructor) ?? []), field]);
    all(IsString(), JSONSchema({ pattern, description: "A tenant's GUID, of any case." }))(target, field);
  };
}
const tenantGuids = new Map<unknown, readonly string[]>();

/** Fields of a message that hold a tenant's GUID. */
export function tenantGuidFields(message: unknown): readonly string[] {
  return tenantGuids.get(message) ?? [];
}

/** Any JSON number; a rule may want it whole. */
export function Numeric(options: { description?: string } = {}): FieldDecorator {
  return all(IsNumber(), JSONSchema(options));
}

/** A whole number. */
export function Whole(): FieldDecorator {
  return IsInt();
}

export function Flag(options: { description?: string } = {}): FieldDecorator {
  return all(IsBoolean(), JSONSchema(options));
}

/** One of a closed list of words. */
export function OneOf(words: readonly string[]): FieldDecorator {
  return all(IsString(), IsIn([...words]));
}

/** A list of strings. */
export function Texts(options: { maxItems?: number; description?: string } = {}): FieldDecorator {
  const { maxItems = shapeLimits.listLength, description } = options;
  return all(
    IsArray(),
    IsString({ each: true }),
    MaxLength(shapeLimits.textLength, { each: true }),
    ArrayMaxSize(maxItems),
    JSONSchema(description ? { description } : {}),
  );
}

/** An object of another declared class. */
export function Part(part: () => Class): FieldDecorator {
  return all(IsObject(), ValidateNested(), Type(part));
}

/** A list of objects of another declared class. */
export function Parts(part: () => Class, options: { maxItems?: number } = {}): FieldDecorator {
  return all(
    IsArray(),
    ValidateNested({ each: true }),
    ArrayMaxSize(options.maxItems ?? shapeLimits.listLength),
    Type(part),
  );
}

/** Any JSON object, where the content is another system's. */
export function AnyObject(): FieldDecorator {
  return IsObject();
}

/** The value may also be null; written above the decorator that says what it else is. */
export function Nullable(): FieldDecorator {
  return JSONSchema((schema) => ({ anyOf: [schema, { type: 'null' }] }) as typeof schema);
}

/** May be left out of what a client sends; then it is `value`. */
export function Default(value: unknown): FieldDecorator {
  return all(IsOptional(), JSONSchema({ default: value }));
}
