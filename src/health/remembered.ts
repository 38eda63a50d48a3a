/**
 * A costly answer that is asked for by many: whoever comes while it is being found shares it, and whoever comes shortly after gets the same.
 * An answer that failed is not kept.
 */
export class Remembered<Answer> {
  private known: { readonly answer: Answer; readonly atMs: number } | null = null;
  private pending: Promise<Answer> | null = null;

  constructor(
    private readonly find: () => Promise<Answer>,
    private readonly forMs: number,
    /** A monotonic clock. */
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  async get(): Promise<Answer> {
    if (this.known !== null && this.nowMs() - this.known.atMs < this.forMs) return this.known.answer;
    return this.refresh();
  }

  /** Looks anew, also where the last answer is still fresh. */
  refresh(): Promise<Answer> {
    this.pending ??= this.find()
      .then((answer) => {
        this.known = { answer, atMs: this.nowMs() };
        return answer;
      })
      .finally(() => {
        this.pending = null;
      });
    return this.pending;
  }
}
