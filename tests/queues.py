"""A worker's part, played by the test: messages are taken from the real queues and carried out one by one."""

from typing import Any

from celery import current_app
from celery.app.trace import trace_task


class Queues:
    def take(self, queue: str) -> dict[str, Any] | None:
        """The next message, off the queue, as a worker gets it; carried out only by `run`."""
        with current_app.connection_for_read() as connection, connection.channel() as channel:
            message = channel.basic_get(queue, no_ack=True)  # type: ignore[attr-defined]
            if message is None:
                return None
            args, kwargs, embed = message.payload
            request = {**message.headers, **embed, "delivery_info": message.delivery_info}
            return {"task": message.headers["task"], "args": args, "kwargs": kwargs, "request": request}

    def run(self, taken: dict[str, Any]) -> str:
        """Returns the task's name without its module. Raises what a task raises that is no stage."""
        task = current_app.tasks[taken["task"]]
        request = {**taken["request"], "args": taken["args"], "kwargs": taken["kwargs"]}
        info = trace_task(task, request["id"], taken["args"], taken["kwargs"], request, app=current_app).info
        if info and info.state == "FAILURE":
            raise info.retval
        return str(taken["task"]).rpartition(".")[2]

    def run_next(self, queue: str) -> str | None:
        taken = self.take(queue)
        return None if taken is None else self.run(taken)

    def waiting(self, queue: str) -> list[str]:
        """The tasks in a queue, which is empty afterwards."""
        found = []
        while taken := self.take(queue):
            found.append(str(taken["task"]).rpartition(".")[2])
        return found

    def run_all(self, *queues: str) -> list[str]:
        """Go on until all of them are empty. Returns what was run."""
        ran = []
        while task := next((name for queue in queues if (name := self.run_next(queue))), None):
            ran.append(task)
        return ran
