import { abortOnSignals, Interrupted, INTERRUPTED_EXIT_CODE } from './interrupt';
import { Terminal } from './terminal';

/** What a story does: it ends early where the controller is aborted, and tells whether all went well. */
type Story = (terminal: Terminal, controller: AbortController) => Promise<boolean>;

/** Runs a command to its end and leaves with its exit code: 0 where all went well, 1 where not, 130 after Ctrl-C. */
export function runStory(usage: string, story: Story): void {
  const terminal = new Terminal();
  if (process.argv.includes('--help')) {
    terminal.say(usage);
    return;
  }
  const controller = abortOnSignals();
  // The reader of our output is gone, as with `| head`.
  process.stdout.on('error', (error) => controller.abort(error));
  Promise.resolve()
    .then(() => story(terminal, controller))
    .then((isGood) => (isGood ? 0 : 1))
    .catch((thrown: Error & { code?: string }) => {
      // Whatever was being waited for fails as well when the wait is called off; the reason is what matters.
      const error = controller.signal.aborted ? (controller.signal.reason as Error) : thrown;
      if (error instanceof Interrupted) {
        terminal.settle('Interrupted.');
        return INTERRUPTED_EXIT_CODE;
      }
      terminal.settle(terminal.style('red', error.message));
      if (thrown.code?.startsWith('ERR_PARSE_ARGS')) terminal.say(usage);
      return 1;
    })
    .then(
      (code) => process.exit(code),
      () => process.exit(1),
    );
}
