"""Generated Python: a condition as two plain Boolean functions, `possibly` and `certainly`, with no third value at run time.

Negation swaps the two. What has no plain form (arithmetic, look-ups, our functions of codes, places and money) is walked where it
stands. The source is made from the tree of a release, on first use of a condition, and never read from anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from licet.engine import runtime
from licet.language import tree as t
from licet.language.scope import Scope
from licet.language.tree import Expr

Test = Callable[[Scope], bool]
_ALWAYS_BOUND = frozenset(("tx", "item"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A condition in its two forms. `certainly` implies `possibly`."""

    possibly: Test
    certainly: Test
    source: str


def generate(expr: Expr) -> Pair:
    """The two forms of a condition."""
    writer = _Writer()
    possibly, certainly = writer.possibly(expr), writer.certainly(expr)
    source = f"def possibly(s):\n    return {possibly}\n\n\ndef certainly(s):\n    return {certainly}\n"
    names: dict[str, Any] = {**_RUNTIME, "NODES": tuple(writer.nodes), "__builtins__": {}}
    exec(compile(source, "<generated>", "exec"), names)  # noqa: S102  # our own text, made above from a checked tree
    return Pair(names["possibly"], names["certainly"], source)


_RUNTIME: Mapping[str, Any] = {name: getattr(runtime, name) for name in runtime.__all__}


@dataclass(slots=True)
class _Writer:
    """Writes expressions of Python; nodes that are walked are numbered."""

    nodes: list[Expr] = field(default_factory=list)
    loops: tuple[str, ...] = ()

    def possibly(self, node: Expr) -> str:
        """Python that is true where the node is true or unknown."""
        match node:
            case t.Named():
                return self.possibly(node.body)
            case t.And():
                return self._joined(" and ", map(self.possibly, node.parts))
            case t.Or():
                return self._joined(" or ", map(self.possibly, node.parts))
            case t.Not():
                return f"(not {self.certainly(node.of)})"
            case t.Exists() if self._plain_loop(node):
                return self._loop("some_possibly", node, self.possibly)
            case t.ForAll() if self._plain_loop(node):
                return self._loop("every_possibly", node, self.possibly)
            case _:
                return f"({self._three(node)} is not False)"

    def certainly(self, node: Expr) -> str:
        """Python that is true where the node is true."""
        match node:
            case t.Named():
                return self.certainly(node.body)
            case t.And():
                return self._joined(" and ", map(self.certainly, node.parts))
            case t.Or():
                return self._joined(" or ", map(self.certainly, node.parts))
            case t.Not():
                return f"(not {self.possibly(node.of)})"
            case t.Exists() if self._plain_loop(node):
                return self._loop("some_certainly", node, self.certainly)
            case t.ForAll() if self._plain_loop(node):
                return self._loop("every_certainly", node, self.certainly)
            case _:
                return f"({self._three(node)} is True)"

    def _joined(self, word: str, parts: Any) -> str:
        return f"({word.join(parts)})"

    def _loop(self, helper: str, node: t.Exists | t.ForAll, write: Callable[[Expr], str]) -> str:
        over = self._value(node.over)
        inner = _Writer(self.nodes, (*self.loops, node.var))
        body = inner.possibly(node.body) if write == self.possibly else inner.certainly(node.body)
        return f"{helper}({over}, lambda {_local(node.var)}: {body})"

    # ---- values ----

    def _three(self, node: Expr) -> str:
        """Python for true, false, or anything else for unknown."""
        match node:
            case t.Compare():
                return f"compare({node.op.value!r}, {self._value(node.left)}, {self._value(node.right)})"
            case t.Member():
                return f"member(s, {self._value(node.element)}, {self._value(node.of)})"
            case _:
                return self._value(node)

    def _value(self, node: Expr) -> str:
        match node:
            case t.Const() if not isinstance(node.value, float) or math.isfinite(node.value):
                return repr(node.value)
            case t.Var() if node.name in self.loops:
                return _local(node.name)
            case t.Var() if node.name in _ALWAYS_BOUND:
                return f"s.variables[{node.name!r}]"
            case t.Select():
                return f"field(s, {self._value(node.of)}, {node.field!r})"
            case t.Entry() if isinstance(node.of, t.Select):
                return f"entry(s, {self._value(node.of.of)}, {node.of.field!r}, {node.key!r})"
            case t.ListOf() if all(isinstance(part, t.Const) for part in node.parts):
                return f"({''.join(f'{self._value(part)}, ' for part in node.parts)})"
            case t.Named():
                return self._value(node.body)
            case _:
                return self._walked(node)

    def _walked(self, node: Expr) -> str:
        self.nodes.append(node)
        bound = "".join(f"{name!r}: {_local(name)}, " for name in self.loops)
        return f"walked(s, NODES[{len(self.nodes) - 1}], {{{bound}}})"

    def _plain_loop(self, node: t.Exists | t.ForAll) -> bool:
        """Whether a loop's variable hides no outer one."""
        return node.var not in self.loops


def _local(name: str) -> str:
    return f"x_{name}"
