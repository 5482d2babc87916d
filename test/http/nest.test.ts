import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HostAdapter } from '../../apps/server/http/nest-adapter.js';
import { registerHttp } from '../../apps/server/http/register.js';
import { createServer } from '../../apps/server/http/server.js';
import { keyService } from '../../apps/server/identity/keys.js';
import { done, recordsInMemory, send, shown, standingClock } from '../support/http.js';
import { shelfProduct } from '../support/shelf.js';

class Hello {
  hello(): object {
    return { hello: true };
  }
}
Controller('hello')(Hello);
Get()(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello') ?? {});
class Application {}
Module({ controllers: [Hello] })(Application);

it('hosted by Nest, the server keeps its own parsers, refusals and not-found answers', async () => {
  const clock = standingClock();
  const server = createServer({ baseUrl: 'https://license.example' });
  const application = await NestFactory.create(Application, new HostAdapter(server), { logger: false });
  await application.init();
  registerHttp(server, {
    ...shelfProduct,
    execute: async () => done,
    ask: async () => shown,
    isPosition: () => true,
    keys: keyService(recordsInMemory(), clock),
    clock,
    ready: async () => ({ ready: true }),
    baseUrl: 'https://license.example',
    logger: { error: () => {} },
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const review = (body: unknown, type = 'application/json') =>
    send('POST', `${url}/v1/reviews`, { body, headers: { 'content-type': type } });
  const codeOf = async (answer: ReturnType<typeof send>) => (await answer).body.code;

  expect((await send('GET', `${url}/hello`)).body).toEqual({ hello: true });
  expect((await review({ words: 'x' })).status).toBe(200);
  expect(await codeOf(review('{"words":"x","words":"y"}'))).toBe('MALFORMED_JSON');
  expect(await codeOf(review('words=x', 'application/x-www-form-urlencoded'))).toBe('UNSUPPORTED_MEDIA_TYPE');
  expect(await codeOf(review(JSON.stringify({ words: 'x'.repeat(70_000) })))).toBe('BODY_TOO_LARGE');
  expect(await codeOf(send('GET', `${url}/v1/%zz`))).toBe('REQUEST_MALFORMED');
  expect((await send('GET', `${url}/nowhere`)).body.type).toBe('https://license.example/problems/NOT_FOUND');
  await application.close();
});
