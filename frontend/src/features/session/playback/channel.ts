/** A queue between who pushes and the one loop that takes. */
export class Channel<T> implements AsyncIterable<T> {
  private readonly items: T[] = [];
  private closed = false;
  private wake: () => void = () => undefined;

  push(item: T): void {
    this.items.push(item);
    this.wake();
  }

  /** No more will come: the loop ends after what is there. */
  close(): void {
    this.closed = true;
    this.wake();
  }

  /** What the loop will take next, if it is there already. */
  get next(): T | undefined {
    return this.items[0];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) yield item;
      else if (this.closed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
