/** Lets one piece of work run at a time; what is asked for meanwhile is one more turn, or nothing. */
export class OneAtATime {
  #running = false;
  #again = false;

  /**
   * Runs `work`, unless it runs already: then answers `false` at once. With `again`, the one that runs takes another
   * turn at its end, so that whatever came in meanwhile is seen to.
   */
  async run(work: () => Promise<void>, again: boolean): Promise<boolean> {
    if (this.#running) {
      this.#again ||= again;
      return false;
    }
    this.#running = true;
    try {
      do {
        this.#again = false;
        await work();
      } while (this.#again);
    } finally {
      this.#running = false;
    }
    return true;
  }
}
