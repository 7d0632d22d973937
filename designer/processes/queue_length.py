"""The messages that wait for workers."""

from __future__ import annotations

from typing import Any

from designer.celery import app


def waiting(connection: Any) -> int:
    """How many there are at that broker, which is connected; raises its connection_errors.

    The queue is declared as workers declare it, not asked for passively: with a prefix of its keys, kombu 5.7 looks for
    the queue in Redis without it, and finds none.
    """
    channel: Any
    with connection.channel() as channel:
        queue: Any = app.amqp.queues[app.conf.task_default_queue].bind(channel)
        return int(queue.queue_declare().message_count)
