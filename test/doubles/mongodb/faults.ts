/** What goes wrong with one command. */
export type Fault =
  /** The connection is closed instead of an answer. */
  | { readonly close: 'before applying' | 'after applying' }
  /** The server steps down and is elected again: open transactions are gone, the command is answered with 10107. */
  | { readonly notPrimary: 'before applying' | 'after applying' }
  /** It is applied, and answered with a write concern error (64). */
  | { readonly writeConcern: 'timed out' }
  /** Of commitTransaction: the answer says that nobody knows. If not applied, the transaction is still open. */
  | { readonly unknownResult: 'applied' | 'not applied' }
  /** It waits so long before it is looked at. */
  | { readonly delayMs: number };

interface Planned {
  readonly command: string;
  readonly fault: Fault;
  readonly happened: () => void;
}

/** Faults on demand. */
export class Faults {
  private readonly planned: Planned[] = [];
  private thawed: Promise<void> | null = null;
  private release = () => {};
  private isDown = false;

  /** `onStepDown`: ends all open transactions. */
  constructor(private readonly onStepDown: () => void) {}

  /** The next command of this name, after those that were named before, goes wrong. Resolves when it has come in. */
  next(command: string, fault: Fault): Promise<void> {
    return new Promise((happened) => this.planned.push({ command, fault, happened }));
  }

  /** From now on this server is a secondary and refuses what only a primary does. */
  stepDown(): void {
    this.isDown = true;
    this.onStepDown();
  }

  /** It is elected again. */
  stepUp(): void {
    this.isDown = false;
  }

  /** Nothing is answered until `thaw`, as with a stopped process: connections stay open. */
  freeze(): void {
    this.thawed ??= new Promise((resolve) => (this.release = resolve));
  }

  thaw(): void {
    this.release();
    this.thawed = null;
  }

  get isPrimary(): boolean {
    return !this.isDown;
  }

  /** For the server: resolves when it is not frozen. */
  async awake(): Promise<void> {
    while (this.thawed) await this.thawed;
  }

  /** For the server: what is to happen to a command that came in. */
  take(command: string): Fault | null {
    const at = this.planned.findIndex((planned) => planned.command === command);
    const [planned] = at === -1 ? [] : this.planned.splice(at, 1);
    planned?.happened();
    return planned?.fault ?? null;
  }
}
