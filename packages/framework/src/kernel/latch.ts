/** A gate that opens once: `opened` resolves for all who wait and for all who come later. */
export class Latch {
  #open!: () => void;
  #isOpen = false;
  readonly opened: Promise<void> = new Promise((resolve) => (this.#open = resolve));

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens the gate. A second call does nothing. */
  open(): void {
    this.#isOpen = true;
    this.#open();
  }
}
