import { Default, Nullable, OneOf, Part, TenantGuid, Text, Whole, tenantGuidFields } from '#lib/engine/model/shape.js';
import { schemaOf } from '#lib/engine/schema.js';

class Inner {
  @Whole() amount!: number;
}

class Form {
  @Nullable() @Text({ description: 'Who.', example: 'Contoso' }) company!: string | null;
  @Nullable() @TenantGuid() tenantId!: string | null;
  @Nullable() @OneOf(['a', 'b']) kind!: string | null;
  @Nullable() @Part(() => Inner) inner!: Inner | null;
}

class Input extends Form {
  @Text() publisherId!: string;
}
for (const field of ['company', 'tenantId', 'kind', 'inner']) Default(null)(Input.prototype, field);

const company = { type: 'string', maxLength: 20_000, description: 'Who.', examples: ['Contoso'] };
const inner = {
  type: 'object',
  properties: { amount: { type: 'integer' } },
  required: ['amount'],
  additionalProperties: false,
};

describe('a declared shape', () => {
  it('keeps what each of several decorators of a field says', () => {
    expect(schemaOf(Form)).toMatchObject({
      properties: {
        company: { anyOf: [company, { type: 'null' }] },
        tenantId: { anyOf: [{ type: 'string', pattern: expect.stringContaining('0-9a-fA-F') }, { type: 'null' }] },
        kind: { anyOf: [{ type: 'string', enum: ['a', 'b'] }, { type: 'null' }] },
        inner: { anyOf: [inner, { type: 'null' }] },
      },
      required: ['company', 'tenantId', 'kind', 'inner'],
    });
  });

  it('bounds a whole number where it has a range', () => {
    class Span {
      @Whole({ from: 1, to: 36 }) months!: number;
    }
    expect(schemaOf(Span)).toMatchObject({ properties: { months: { type: 'integer', minimum: 1, maximum: 36 } } });
  });

  it('is inherited, and what a subclass adds to a field stays its own', () => {
    expect(schemaOf(Input)).toMatchObject({
      properties: { company: { anyOf: [company, { type: 'null' }], default: null }, inner: { anyOf: [inner, {}] } },
      required: ['publisherId'],
    });
    expect(schemaOf(Form)).not.toMatchObject({ properties: { company: { default: null } } });
  });

  it('without fields is an object that holds nothing', () => {
    class Nothing {}
    const empty = { type: 'object', properties: {}, additionalProperties: false };
    expect(schemaOf(Nothing)).toEqual(empty);
  });

  it("names the fields that hold a tenant's GUID, inherited ones included", () => {
    expect(tenantGuidFields(Input)).toEqual(['tenantId']);
  });

  it('tells parts apart that have one name, as a minifier may give them', () => {
    const [A, B, C] = ['a', 'b', 'c'].map((field) => {
      const part = class v {};
      Whole()(part.prototype, field);
      return part;
    }) as [typeof Object, typeof Object, typeof Object];
    class Three {
      @Part(() => A) a!: object;
      @Part(() => B) b!: object;
      @Part(() => C) c!: object;
    }
    const part = (field: string) => ({ ...inner, properties: { [field]: { type: 'integer' } }, required: [field] });
    expect(schemaOf(Three)).toMatchObject({ properties: { a: part('a'), b: part('b'), c: part('c') } });
  });
});
