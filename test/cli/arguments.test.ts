import assert from 'node:assert/strict';
import { parseCommand } from '../../src/cli/arguments.ts';

const optionsOf = (...words: string[]) => {
  const command = parseCommand(words);
  assert.equal(command.kind, 'run');
  return command.options;
};

const refusalOf = (...words: string[]): string => {
  const command = parseCommand(words);
  assert.equal(command.kind, 'invalid');
  return command.message;
};

describe('the command line', () => {
  it('has a default for everything', () => {
    assert.deepEqual(optionsOf(), { once: false, plan: 'apply', people: null, wait: 1_800_000, userDirectory: '.mailchimpsync', port: null });
  });

  it('takes every option', () => {
    assert.deepEqual(optionsOf('--once', '--people', '200', '--wait', '1.5', '--user-dir', 'there', '--port=1999'), {
      once: true,
      plan: 'apply',
      people: 200,
      wait: 90_000,
      userDirectory: 'there',
      port: 1999,
    });
  });

  it('takes over what the extension remembers, into a user directory', () => {
    assert.deepEqual(parseCommand(['--import-cache', '--user-dir', 'there']), { kind: 'import', userDirectory: 'there' });
    assert.match(refusalOf('--import-cache', '--once'), /--import-cache goes with --user-dir only/);
  });

  it('shows the plan, or approves it, with --once', () => {
    assert.equal(optionsOf('--once', '--dry-run').plan, 'dryRun');
    assert.equal(optionsOf('--once', '--approve').plan, 'approve');
    assert.match(refusalOf('--once', '--approve', '--dry-run'), /exclude each other/);
    assert.match(refusalOf('--approve'), /go with --once/);
  });

  it('asks for help', () => {
    assert.equal(parseCommand(['--once', '--help']).kind, 'help');
  });

  const refused: readonly (readonly [words: readonly string[], named: RegExp])[] = [
    [['--twice'], /--twice/],
    [['once'], /once/],
    [['--people'], /--people/],
    [['--people', '0'], /--people "0": expected a whole number from 1/],
    [['--people', '1e3'], /--people "1e3"/],
    [['--people', ''], /--people ""/],
    [['--wait', 'long'], /--wait "long": expected minutes/],
    [['--wait', '0'], /--wait "0"/],
    [['--port', '70000'], /--port "70000": expected a whole number from 1 to 65535/],
  ];
  for (const [words, named] of refused)
    it(`refuses ${words.join(' ')} and says why`, () => {
      assert.match(refusalOf(...words), named);
    });
});
