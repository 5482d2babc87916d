/**
 * Saves beside other work: one save at a time, at once or within an interval. What is to be saved is taken up when a save
 * begins. After a failure nothing is saved any more, so that nothing is left out.
 */
export class Saving {
  #underWay: Promise<void> | null = null;
  #isDirty = false;
  /** Asked for while a save was under way. */
  #isWanted = false;
  #timer: NodeJS.Timeout | null = null;
  #failure: Error | null = null;

  constructor(
    private readonly save: () => Promise<void>,
    private readonly withinMs: number,
    /** Told when something could not be saved. */
    private readonly failed: () => void,
  ) {}

  /** There is something to be saved within the interval. Throws what the last save failed with. */
  later(): void {
    this.#note();
    this.#timer ??= setTimeout(() => this.#begin(), this.withinMs).unref();
  }

  /** There is something to be saved as soon as can be. Throws what the last save failed with. */
  now(): void {
    this.#note();
    this.#begin();
  }

  /** Ends when everything is saved, and nothing is left to be saved later. Throws what a save failed with. */
  async flush(): Promise<void> {
    for (this.#begin(); this.#underWay; this.#begin()) await this.#underWay;
    if (this.#failure) throw this.#failure;
  }

  #note(): void {
    if (this.#failure) throw this.#failure;
    this.#isDirty = true;
  }

  #begin(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#isDirty || this.#failure) return;
    if (this.#underWay) {
      this.#isWanted = true;
      return;
    }
    this.#isWanted = this.#isDirty = false;
    this.#underWay = this.save()
      .catch((error: Error) => {
        this.#failure = error;
        this.failed();
      })
      .finally(() => {
        this.#underWay = null;
        if (this.#isWanted) this.#begin();
      });
  }
}
