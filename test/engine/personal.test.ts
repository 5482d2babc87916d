import { commandHashOf } from '#lib/engine/commands/call.js';

class Greet {
  static readonly type = 'Greet';
  static readonly personal = ['name'] as const;
  constructor(
    readonly name: string,
    readonly times: number,
  ) {}
}
class Count {
  static readonly type = 'Count';
  constructor(readonly times: number) {}
}
class Greeting {
  static readonly type = 'Greet';
  constructor(readonly times: number) {}
}

describe('the hash of a command, kept with its events', () => {
  it('R95 holds nothing of what says who a person is', () => {
    expect(commandHashOf(new Greet('Ada', 1))).toBe(commandHashOf(new Greet('Grace', 1)));
    expect(commandHashOf(new Greet('Ada', 1))).toBe(commandHashOf(new Greeting(1)));
  });

  it('tells all else apart: what was sent, and by which name', () => {
    expect(commandHashOf(new Greet('Ada', 1))).not.toBe(commandHashOf(new Greet('Ada', 2)));
    expect(commandHashOf(new Count(1))).not.toBe(commandHashOf(new Count(2)));
    expect(commandHashOf(new Count(1))).not.toBe(commandHashOf(new Greeting(1)));
  });
});
