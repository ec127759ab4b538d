"""A stopwatch for functions that know nothing of it: wrapped while it runs, and put back at the end."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

REST = "the rest"


class Stage(NamedTuple):
    """A function that belongs to a stage: `name` of `holder`, which is a module, or a class with a cached property so named."""

    stage: str
    holder: Any
    name: str


class Stopwatch:
    """Adds up seconds of the processor by stage. Time counts once: for the outermost stage, and within it for the innermost."""

    def __init__(self) -> None:
        self.spent: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def running(self, stages: Sequence[Stage]) -> Iterator[None]:
        """Runs, with these functions wrapped. What belongs to no stage is the rest. Raises AttributeError if one is not there."""
        undo: list[Callable[[], None]] = []
        try:
            undo.extend(map(self._wrap, stages))
            self._since = time.process_time()
            yield
            self._mark()
        finally:
            for put_back in undo:
                put_back()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What happens inside belongs to the stage."""
        self._mark()
        self._open.append(name)
        try:
            yield
        finally:
            self._mark()
            self._open.pop()

    def _mark(self) -> None:
        now = time.process_time()
        key = (self._open[0], self._open[-1]) if self._open else (REST, REST)
        self.spent[key] += now - self._since
        self._since = now

    def _wrap(self, stage: Stage) -> Callable[[], None]:
        """Wraps a function; gives what puts it back."""
        found = vars(stage.holder).get(stage.name)
        if isinstance(found, functools.cached_property):
            return _replaced(found, "func", self._timed(stage.stage, found.func))
        return _replaced(stage.holder, stage.name, self._timed(stage.stage, getattr(stage.holder, stage.name)))

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **named)

        return timed


def _replaced(holder: Any, name: str, value: Any) -> Callable[[], None]:
    before = getattr(holder, name)
    setattr(holder, name, value)
    return lambda: setattr(holder, name, before)
