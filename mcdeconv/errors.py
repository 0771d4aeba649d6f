"""The two ways a run can end badly; the command line turns them into exit codes 2 and 1."""


class InputError(ValueError):
    """The input is wrong: the message is one line with the value and the way out (exit code 2)."""


class RunFailed(RuntimeError):
    """The input was right and the run still failed, e.g. it diverged twice (exit code 1)."""
