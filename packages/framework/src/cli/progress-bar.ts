import type { CommandContext } from './command.js';

const WIDTH = 30;

/** Shows how far something is: a bar on a terminal, a line at each tenth elsewhere. */
export class ProgressBar {
  #lastTenth = -1;
  #isDrawn = false;

  constructor(
    private readonly out: CommandContext['err'],
    private readonly what: string,
  ) {}

  /** @param total may grow meanwhile */
  show(done: number, total: number): void {
    const share = total === 0 ? 0 : Math.min(1, done / total);
    const numbers = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} records`;
    if (this.out.isTTY) {
      const full = Math.round(share * WIDTH);
      this.out.write(
        `\r${this.what} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} % ${numbers}\u001b[K`,
      );
      this.#isDrawn = true;
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth <= this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.out.write(`${this.what} ${tenth * 10} % ${numbers}\n`);
  }

  /** What is written next begins a line of its own. */
  end(): void {
    if (this.#isDrawn) this.out.write('\n');
    this.#isDrawn = false;
  }
}
