"""What generated scripts run on: everything logs, nothing fails."""

from __future__ import annotations

from typing import Any


def names(log: list[object]) -> dict[str, Any]:
    """The globals of a script that writes its effects to ``log``."""

    def use(value: object = 0, *rest: object, **words: object) -> object:
        log.append((value, rest, sorted(words.items())))
        return value

    def other(value: object = 0, **words: object) -> object:
        log.append(("other", value, sorted(words.items())))
        return value

    async def wait(value: object) -> object:
        log.append(("wait", value))
        return value

    async def stream(*values: object) -> Any:
        for value in values:
            yield value

    def mark(*values: object, **words: object) -> Any:
        log.append(("mark", values, sorted(words.items())))
        return lambda decorated: decorated

    class Manager:
        def __init__(self, value: object, **words: object) -> None:
            self.value = value
            log.append(("made", value, sorted(words.items())))

        def __enter__(self) -> object:
            return self.value

        def __exit__(self, *error: object) -> None:
            log.append(("left", self.value))

        async def __aenter__(self) -> object:
            return self.value

        async def __aexit__(self, *error: object) -> None:
            log.append(("left", self.value))

    class Base:
        def __init_subclass__(cls, **words: object) -> None:
            log.append(("class", sorted(words.items())))

        def base(self, value: object = 0) -> object:
            return use(value, "base")

    def drive(coroutine: Any) -> None:
        try:
            coroutine.send(None)
        except StopIteration as end:
            log.append(("driven", end.value))

    return {
        "__name__": "script",
        "use": use,
        "other": other,
        "wait": wait,
        "stream": stream,
        "mark": mark,
        "Manager": Manager,
        "Base": Base,
        "drive": drive,
        "report": lambda value: log.append(("report", value)),
        "known": 3,
    }
