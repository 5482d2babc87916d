import { fastify } from 'fastify';

/**
 * What HTTP costs by itself: Fastify with a compiled schema that answers a command's and a check's body without doing
 * anything. The measure that the product's figures are set against.
 */
const server = fastify({ logger: false });
const text = { type: 'string', maxLength: 20_000 };

server.post(
  '/v1/deals/:dealId/licenses',
  {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['tenantId', 'lines', 'removed'],
        properties: {
          tenantId: { type: 'string', pattern: '^[0-9a-fA-F-]{36}$' },
          lines: {
            type: 'array',
            maxItems: 100,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['planId', 'count'],
              properties: { planId: text, count: { type: 'number' } },
            },
          },
          removed: { type: 'array', maxItems: 100, items: text },
        },
      },
    },
  },
  (_request, reply) =>
    reply
      .header('etag', '"r7"')
      .send({ revision: 7, position: 'f00f00f00f00f00f.00000000000000012345', settled: true }),
);

server.post(
  '/v1/checks',
  {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['offer', 'tenantId', 'personId'],
        properties: { offer: text, tenantId: text, personId: text, component: text, serviceId: text },
      },
    },
  },
  (_request, reply) =>
    reply.send({
      allowed: true,
      code: 'ACTIVE',
      message: 'Allowed.',
      plans: [
        {
          serviceId: 'fabrikam.f365.gold',
          displayName: 'Gold',
          moreInfoUrl: 'https://fabrikam.example/gold',
          code: 'ACTIVE',
        },
      ],
      position: 'f00f00f00f00f00f.00000000000000012345',
    }),
);

console.log(`listening on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
