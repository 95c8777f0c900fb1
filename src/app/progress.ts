/** Shows how far a piece of work is, one at a time. */
export interface Progress {
  /** Begins a piece of work of so many units. */
  begin(title: string, total: number): void;
  /** @param facts what stands beside the share done (loss, speed, time left) */
  update(done: number, facts: string): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Ends the piece of work; nothing happens where none is under way. */
  end(): void;
}

/** Shows nothing. */
export const silentProgress: Progress = { begin() {}, update() {}, note() {}, end() {} };
