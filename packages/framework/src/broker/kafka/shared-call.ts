/**
 * Lets many ask for the same at once: one call is under way, and all who come meanwhile share the next. So what each is
 * told was looked up after it asked, and two calls at the most are there at any time.
 */
export class SharedCall<T> {
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  call(): Promise<T> {
    if (!this.#running) return this.#begin();
    return (this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    ));
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const running = this.work();
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(ended, ended);
    return running;
  }
}
