/** Everything that the product writes to standard output from now on; what others print still gets there. */
export class CapturedLog {
  readonly chunks: string[] = [];
  private readonly spy: jest.SpyInstance;

  constructor() {
    const write = process.stdout.write.bind(process.stdout);
    this.spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      if (typeof chunk !== 'string' || !chunk.startsWith('{')) return write(chunk, ...(rest as []));
      this.chunks.push(chunk);
      return true;
    });
  }

  get text(): string {
    return this.chunks.join('');
  }

  stop(): void {
    this.spy.mockRestore();
  }
}
