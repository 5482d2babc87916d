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

type Schema = Readonly<Record<string, unknown>>;
type SchemaChange = (schema: Schema) => Schema;
const notes = new WeakMap<object, Map<string, readonly SchemaChange[]>>();

/** What was noted about a field so far: inherited first, then from the bottom decorator up. */
function notesOf(target: object | null, field: string): readonly SchemaChange[] {
  if (target === null) return [];
  return [...notesOf(Object.getPrototypeOf(target), field), ...(notes.get(target)?.get(field) ?? [])];
}

/** Changes the field's schema after all that was noted before; the stock JSONSchema forgets all but the last note. */
function note(change: SchemaChange): FieldDecorator {
  return (target, field) => {
    const own = notes.get(target) ?? new Map<string, readonly SchemaChange[]>();
    notes.set(target, own.set(field, [...(own.get(field) ?? []), change]));
    const changes = notesOf(target, field);
    JSONSchema((schema) => changes.reduce<Schema>((noted, next) => next(noted), { ...schema }))(target, field);
  };
}

function keywords(added: Schema): FieldDecorator {
  return note((schema) => ({ ...schema, ...added }));
}

/** A string. */
export function Text(options: { maxLength?: number; description?: string; example?: string } = {}): FieldDecorator {
  const { maxLength = shapeLimits.textLength, description, example } = options;
  const added = { ...(description && { description }), ...(example && { examples: [example] }) };
  return all(IsString(), MaxLength(maxLength), keywords(added));
}

/** An instant: ISO 8601 in UTC with milliseconds. Only in what we write; what clients send is judged by a rule. */
export function Instant(): FieldDecorator {
  return all(IsString(), keywords({ format: 'date-time' }));
}

/** A tenant's GUID; lower-cased on entry. */
export function TenantGuid(): FieldDecorator {
  const pattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
  return (target, field) => {
    tenantGuids.set(target.constructor, [...(tenantGuids.get(target.constructor) ?? []), field]);
    all(IsString(), keywords({ pattern, description: "A tenant's GUID, of any case." }))(target, field);
  };
}
const tenantGuids = new Map<unknown, readonly string[]>();

/** Fields of a message that hold a tenant's GUID, inherited ones included. */
export function tenantGuidFields(message: unknown): readonly string[] {
  if (typeof message !== 'function') return [];
  return [...(tenantGuids.get(message) ?? []), ...tenantGuidFields(Object.getPrototypeOf(message))];
}

/** Any JSON number; a rule may want it whole. */
export function Numeric(options: { description?: string } = {}): FieldDecorator {
  return all(IsNumber(), keywords({ ...options }));
}

/** A whole number, of some range if both ends are given. */
export function Whole(range?: { readonly from: number; readonly to: number }): FieldDecorator {
  return range ? all(IsInt(), keywords({ minimum: range.from, maximum: range.to })) : IsInt();
}

export function Flag(options: { description?: string } = {}): FieldDecorator {
  return all(IsBoolean(), keywords({ ...options }));
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
    keywords(description ? { description } : {}),
  );
}

/** An object of any fields; whoever takes it says which. */
export function AnyFields(options: { description?: string } = {}): FieldDecorator {
  return all(IsObject(), keywords({ ...options, type: 'object', additionalProperties: true }));
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

/** The value may also be null; written above the decorator that says what it else is. */
export function Nullable(): FieldDecorator {
  return note((schema) => ({ anyOf: [schema, { type: 'null' }] }));
}

/** May be left out of what a client sends; then it is `value`. */
export function Default(value: unknown): FieldDecorator {
  return all(IsOptional(), keywords({ default: value }));
}

/** On a class: of these nullable fields exactly one holds a text, the others are null or left out. */
export function ExactlyOneOf(...fields: readonly string[]): (target: Class) => void {
  const cases = fields.map((given) => ({
    required: [given],
    properties: Object.fromEntries(fields.map((field) => [field, { type: field === given ? 'string' : 'null' }])),
  }));
  return (target) => {
    exclusive.set(target, fields);
    JSONSchema((schema): Schema => ({ ...schema, oneOf: cases }))(target);
  };
}
const exclusive = new Map<unknown, readonly string[]>();

/** Fields of a message of which exactly one holds a text; none where it does not say so. */
export function exclusiveFields(message: unknown): readonly string[] {
  return exclusive.get(message) ?? [];
}
