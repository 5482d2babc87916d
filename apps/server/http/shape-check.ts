import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { objectSchema, type FieldSet } from './message-parts.js';
import { fault } from './problems.js';

const strict = { allErrors: true, useDefaults: true, removeAdditional: false, strict: false } as const;
/** JSON says what type a value has; a query string cannot. */
const ofBody = new Ajv2020({ ...strict, coerceTypes: false });
const ofText = new Ajv2020({ ...strict, coerceTypes: true });
for (const ajv of [ofBody, ofText]) (addFormats as unknown as (instance: Ajv2020) => void)(ajv);

/** Checks a value, fills in defaults, and adds what is wrong with it to the faults. */
export type ShapeCheck = (value: unknown, faults: Refusal[]) => boolean;

export function bodyCheck(fields: FieldSet): ShapeCheck {
  return check(ofBody.compile(objectSchema(fields)), ({ pointer, detail }) => fault('BODY_INVALID', detail, pointer));
}

/** Path and query string: their faults have no pointer into the body, so the detail names the parameter. */
export function parameterCheck(fields: FieldSet): ShapeCheck {
  return check(ofText.compile(objectSchema(fields)), ({ pointer, detail }) =>
    fault('PARAMETER_INVALID', `${pointer.slice(1)}: ${detail}`),
  );
}

interface Found {
  readonly pointer: string;
  readonly detail: string;
}

function check(validate: ValidateFunction, faultOf: (found: Found) => Refusal): ShapeCheck {
  return (value, faults) => {
    if (validate(value)) return true;
    for (const found of readable(validate.errors ?? [])) faults.push(faultOf(found));
    return false;
  };
}

/** One line a fault: of a nullable field the schema reports the other branch and the choice as well. */
function readable(errors: readonly ErrorObject[]): Found[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ schemaPath }) => `${schemaPath}/`);
  const isOfChoice = ({ schemaPath }: ErrorObject) => choices.some((choice) => schemaPath.startsWith(choice));
  const isNull = ({ keyword, params }: ErrorObject) => keyword === 'type' && params.type === 'null';
  return errors
    .filter((error) => error.keyword !== 'anyOf' && !(isOfChoice(error) && isNull(error)))
    .map((error) => {
      const orNull = error.keyword === 'type' && isOfChoice(error) ? ' or null' : '';
      return { pointer: pointerOf(error), detail: `${detailOf(error)}${orNull}` };
    });
}

/** Of a field that is missing or unknown, the place where it would be or is. */
function pointerOf({ instancePath, params }: ErrorObject): string {
  const child: unknown = params.missingProperty ?? params.additionalProperty;
  if (typeof child !== 'string') return instancePath;
  return `${instancePath}/${child.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function detailOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not known here';
    case 'enum':
      return `must be one of: ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    default:
      return message ?? 'is not valid';
  }
}
