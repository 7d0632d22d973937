"""`python -m designer.processes.runner PIDFILE`: supervisor, without words of its own, for web server, worker and beat.

Becomes a process of its own without Django, since it stays for as long as they run. Each of them ends by itself should
this one be killed.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

CONFIGURATION = Path(__file__).with_name("supervisord.conf")


class Runner(Supervisor):  # type: ignore[misc]  # it has no types
    """Passes on what the programs print, and stops when the web server cannot be started."""

    failed = False

    def runforever(self) -> None:
        """Until told to stop, or until a program is given up."""
        events.subscribe(events.ProcessLogEvent, _pass_on)
        events.subscribe(events.ProcessStateFatalEvent, self._give_up)
        super().runforever()

    def _give_up(self, event: Any) -> None:
        self.failed = True
        self.options.mood = SupervisorStates.SHUTDOWN


def _pass_on(event: Any) -> None:
    sys.stderr.buffer.write(event.data)
    sys.stderr.buffer.flush()


def main(pid_file: str) -> int:
    """Run all until told to stop; 1 where that ended otherwise."""
    options = ServerOptions()
    options.realize(["--configuration", str(CONFIGURATION), "--pidfile", pid_file])
    options.first, options.test = True, False
    runner = Runner(options)
    with suppress(ExitNow):  # how it says that it is done
        runner.main()
    if runner.failed:
        sys.stderr.write(
            "The web server does not start, so all was stopped. What it said about that stands above.\n"
        )
    return int(runner.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
