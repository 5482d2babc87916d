import { Saving } from '#lib/engine/saving.js';

/** A save that ends when the test says so. */
function slowSaves() {
  const under: { end(): void; fail(error: Error): void }[] = [];
  const save = () =>
    new Promise<void>((resolve, reject) => under.push({ end: () => resolve(), fail: (error) => reject(error) }));
  return { under, save, ofThem: (at: number) => under[at] ?? raise(at) };
}

function raise(at: number): never {
  throw new Error(`There was no save ${at}.`);
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const failed = (): void => undefined;

describe('Saving', () => {
  it('is one save at a time: what is noted meanwhile is saved by the next, once', async () => {
    const { under, save, ofThem } = slowSaves();
    const saving = new Saving(save, 60_000, failed);
    saving.now();
    saving.now();
    saving.now();
    await turn();
    expect(under).toHaveLength(1);
    ofThem(0).end();
    await turn();
    expect(under).toHaveLength(2);
    ofThem(1).end();
    await saving.flush();
    expect(under).toHaveLength(2);
  });

  it('later is within the interval, and one save for all that was noted in it', async () => {
    let [saves, told] = [0, (): void => undefined];
    const first = new Promise<void>((resolve) => (told = resolve));
    const saving = new Saving(async () => void ((saves += 1), told()), 5, failed);
    for (let n = 0; n < 10; n += 1) saving.later();
    expect(saves).toBe(0);
    await first;
    await saving.flush();
    expect(saves).toBe(1);
  });

  it('flush saves at once what waits, and nothing where nothing does', async () => {
    let saves = 0;
    const saving = new Saving(async () => void (saves += 1), 60_000, failed);
    await saving.flush();
    expect(saves).toBe(0);
    saving.later();
    await saving.flush();
    expect(saves).toBe(1);
  });

  it('after a failure it tells so once, saves nothing more, and throws it to everybody', async () => {
    const { under, save, ofThem } = slowSaves();
    let told = 0;
    const saving = new Saving(save, 60_000, () => (told += 1));
    saving.now();
    saving.now();
    ofThem(0).fail(new Error('gone'));
    await expect(saving.flush()).rejects.toThrow('gone');
    expect(() => saving.later()).toThrow('gone');
    expect(() => saving.now()).toThrow('gone');
    await expect(saving.flush()).rejects.toThrow('gone');
    expect([under.length, told]).toEqual([1, 1]);
  });
});
