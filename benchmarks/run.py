"""`python -m benchmarks [names]`: runs the benchmarks and keeps their figures in RESULTS.md.

`--quick` halves the time, repeats nothing and keeps nothing; `--full` adds what takes many minutes.
"""

import argparse
import signal
import time

from benchmarks import machine, results
from benchmarks.figures import Options
from benchmarks.quiet import observer
from benchmarks.tables import REGISTRY


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones; all if none is named: {', '.join(REGISTRY)}")
    parser.add_argument("--quick", action="store_true", help="one short repetition each; RESULTS.md stays as it is")
    parser.add_argument("--full", action="store_true", help="the queries over a million events, too")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait, in all, for quiet moments of the machine")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(REGISTRY):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return arguments


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell ignores SIGINT for what runs in its background
        signal.signal(number, signal.default_int_handler)
    arguments = _read_arguments()
    options = Options(is_quick=arguments.quick, is_full=arguments.full)
    facts = machine.facts()
    observer.patience_seconds = arguments.patience
    for name in arguments.names or REGISTRY:
        print(f"… {name}", flush=True)
        began = time.monotonic()
        section = REGISTRY[name](options)
        seconds = time.monotonic() - began
        markdown = results.section_markdown(name, section, facts=facts, others=observer.take_share(), seconds=seconds)
        print(markdown, flush=True)
        if not options.is_quick:
            results.keep(name, markdown)


if __name__ == "__main__":
    main()
