import { FastifyAdapter } from '@nestjs/platform-fastify';

/**
 * Lets Nest host the application on a server whose routes, parsers, refusals and not-found answers are those of
 * `registerHttp`. Without this Nest would put its own in their place when it starts.
 */
export class HostAdapter extends FastifyAdapter {
  override async init(): Promise<void> {}
  override registerParserMiddleware(): void {}
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }
  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance;
  }
}
