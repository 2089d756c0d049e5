"""Why a command cannot go on, as one line for the operator: what is wrong and what cures it."""


class CannotStartError(Exception):
    """Shown without a traceback; `cure` is a sentence that begins with a verb."""

    def __init__(self, problem: str, *, cure: str, exit_code: int = 1) -> None:
        super().__init__(f"{problem}. {cure}")
        self.problem = problem
        self.cure = cure
        self.exit_code = exit_code
