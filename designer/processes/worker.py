"""The worker: Celery's, with the habits that a machine needs which serves pages, too."""

import gc
import os
import warnings
from typing import Any

from celery.apps.worker import Worker as CeleryWorker
from celery.apps.worker import install_worker_term_handler  # type: ignore[attr-defined]  # its types lack it
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_ready
from celery.worker import WorkController
from django.conf import settings
from django.db import connection

from designer.celery import app
from designer.processes import heartbeat
from designer.processes.parent_watch import end_with_parent
from designer.processes.watchdog import Watchdog, clear_marks

watchdog = Watchdog()


class Worker(CeleryWorker):
    """Celery's, without its words on the terminal; told to stop, it ends what it has in hand."""

    def install_platform_tweaks(self, worker: WorkController) -> None:
        """Signals: as Celery has them, but Ctrl-C is like SIGTERM."""
        super().install_platform_tweaks(worker)
        for signal in ("SIGTERM", "SIGINT"):
            install_worker_term_handler(worker, sig=signal, verbose=False)


def work() -> int:
    """Work until told to stop; the code to exit with."""
    # Each of its processes has one connection, and must not share any with the one that it comes from.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    # About running as root, which is a danger where messages may hold programs; here they may not.
    warnings.simplefilter("ignore", SecurityWarning)
    clear_marks()
    worker = Worker(
        app=app,
        quiet=True,
        optimization="fair",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


@worker_ready.connect
def _give_signs_of_life(sender: Any, **about: Any) -> None:
    """Each time that the worker has connected; its clock stops with the connection."""
    heartbeat.give(settings.DATA_DIR, "worker")
    watchdog.start(sender)
    sender.timer.call_repeatedly(heartbeat.EVERY, heartbeat.give, (settings.DATA_DIR, "worker"))


@worker_process_init.connect
def _step_back(**about: Any) -> None:
    """Each process that works lets pages go first, and ends when nobody gives it anything to do any more."""
    os.nice(settings.WORKER_NICE)
    end_with_parent()
    # What was loaded stays: to look through it again and again takes a tenth of the time, and memory of its own.
    gc.collect()
    gc.freeze()
