from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

from creative.work import process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creative.settings")

app = Celery("winnow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every task has its queue here, and none that takes its time stands before a sweep; a test holds that every queue has a
# worker and every task a route.
app.conf.task_routes = {
    "generation.tasks.work_waiting": {"queue": "generation"},
    "generation.tasks.check_waiting": {"queue": "housekeeping"},
    "generation.tasks.sweep_batches": {"queue": "sweeps"},
    "generation.tasks.sweep_checkings": {"queue": "sweeps"},
    "creative.tasks.anchor_audit": {"queue": "housekeeping"},
    "creative.tasks.collect_files": {"queue": "housekeeping"},
    "creative.tasks.forget_presses": {"queue": "housekeeping"},
    "review.tasks.build_waiting": {"queue": "export"},
    "review.tasks.close_briefs": {"queue": "housekeeping"},
    "review.tasks.compose_waiting": {"queue": "export"},
    "review.tasks.sweep_work": {"queue": "sweeps"},
}


@worker_ready.connect
def look(sender: Any, **_: Any) -> None:
    """A worker that starts looks for what waits: whoever rang for it may have rung before, and no sweep need be up."""
    heard = sender.app.amqp.queues.consume_from
    for task, route in app.conf.task_routes.items():
        if task.endswith("_waiting") and route["queue"] in heard:
            app.send_task(task)


@worker_shutting_down.connect
def stop(**_: Any) -> None:
    process.ask_to_stop()


app.conf.beat_schedule = {
    "sweep-batches": {"task": "generation.tasks.sweep_batches", "schedule": 2.0},
    "sweep-checkings": {"task": "generation.tasks.sweep_checkings", "schedule": 5.0},
    "sweep-review": {"task": "review.tasks.sweep_work", "schedule": 5.0},
    "close-briefs": {"task": "review.tasks.close_briefs", "schedule": 60.0},
    "collect-files": {"task": "creative.tasks.collect_files", "schedule": 300.0},
    "forget-presses": {"task": "creative.tasks.forget_presses", "schedule": 3600.0},
    "anchor-audit": {"task": "creative.tasks.anchor_audit", "schedule": 300.0},
}
