"""Random expressions of the policy language, each written twice: for us, and in plain CEL for the official runtime.

An expression is well typed by construction. `construct`s say what it is made of, so that a test can check that none is missing.
A division that fails is unknown for us; the `completions` write the plain text with a value in its stead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

PLACES: Final = ("DE", "NO", "US", "CN")
PLACE_GROUP: Final = ("DE", "NO")
WORD_GROUP: Final = ("kg", "pieces")
PURPOSE_GROUP: Final = ("NUCLEAR_EXPLOSIVE", "CIVIL")
# Each enum with its prefix on the wire and some of its values.
_ENUMS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Activity": ("ACTIVITY", ("EXPORT", "TRANSIT", "BROKERING")),
    "PartyRole": ("PARTY_ROLE", ("EXPORTER", "END_USER", "CARRIER")),
    "Business": ("BUSINESS", ("MANUFACTURER", "TRADER")),
    "Purpose": ("PURPOSE", ("CIVIL", "NUCLEAR_EXPLOSIVE", "MILITARY_OTHER")),
    "Goods": ("GOODS", ("FOOD", "MEDICINE")),
}
_INTS: Final = (0, 1, 2, 3, -1, -7, 10, 9223372036854775807)
_DOUBLES: Final = (0.0, 1.0, 2.5, -3.0, 100.25, 1e300)
_STRINGS: Final = ("", "DE", "NO", "kg", "buyer", "A1", "ü")
_FILLED: Final = ("0", "1", "(-3)")
# Loop variables by the kind of element; what can be read of each, by the kind of value.
_FIELDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "party": {
        "bool": ("military", "government"),
        "string": ("country", "name"),
        "Business": ("business",),
        "[PartyRole]": ("roles",),
    },
    "item": {
        "bool": ("published", "mass_market"),
        "string": ("unit", "country_of_origin"),
        "[Goods]": ("goods",),
        "[string]": ('classifications["zz.list"].codes',),
    },
    "place": {"string": ("country",)},
}
_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "bool": ("tx.end_use.temporary",),
    "string": ("tx.reference", "tx.origin.country", "tx.destination.country"),
    "place": ("tx.origin", "tx.destination"),
    "Activity": ("tx.activity",),
    "[Purpose]": ("tx.end_use.purposes",),
    "[place]": ("tx.transit",),
    "[party]": ("tx.parties",),
    "[item]": ("tx.items",),
}


@dataclass(frozen=True, slots=True)
class Written:
    """An expression: our text, the same in plain CEL, the same with its failures filled in, and what it is made of."""

    ours: str
    plain: str
    completions: tuple[str, ...]
    constructs: frozenset[str]


def _joined(template: str, *parts: Written, constructs: tuple[str, ...] = ()) -> Written:
    return Written(
        template.format(*(part.ours for part in parts)),
        template.format(*(part.plain for part in parts)),
        tuple(template.format(*(part.completions[n] for part in parts)) for n in range(len(_FILLED))),
        frozenset(constructs).union(*(part.constructs for part in parts)),
    )


def _word(text: str, *constructs: str, plain: str = "") -> Written:
    return Written(text, plain or text, (plain or text,) * len(_FILLED), frozenset(constructs))


def _enum(kind: str, value: str) -> Written:
    return _word(value, "enum", plain=f"licet.v1.{kind}.{_ENUMS[kind][0]}_{value}")


_FAILURE: Final = Written("(1 / 0)", "(1 / 0)", _FILLED, frozenset(("failure",)))


_T = TypeVar("_T")
_INDEX: Final = tuple(st.integers(0, last) for last in range(64))


class _Generator:
    """Draws expressions of a wanted kind; `loops` are the loop variables in reach with the kind of their elements."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.variables = 0

    def one_of(self, values: Sequence[_T]) -> _T:
        return values[self.draw(_INDEX[len(values) - 1])]

    def yes(self) -> bool:
        return self.one_of((False, True))

    def pick(self, *choices: Callable[[], Written]) -> Written:
        return self.one_of(choices)()

    def kind(self) -> str:
        kind = self.one_of(("int", "int", "int", "double", "double", "string", "bool", "enum"))
        return self.one_of(tuple(_ENUMS)) if kind == "enum" else kind

    def expression(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        """An expression of a kind: bool, int, double, string, place, an enum, or a list `[kind]`."""
        if kind.startswith("["):
            return self.list(kind[1:-1], depth, loops)
        if kind == "bool" and depth > 0:
            return self.condition(depth, loops)
        if kind in ("int", "double") and depth > 0 and self.yes():
            return self.number(kind, depth, loops)
        if kind in ("int", "double", "string") and depth > 0 and self.one_of((False, False, False, True)):
            return self.choice(kind, depth, loops)
        return self.leaf(kind, loops)

    # ---- leaves ----

    def leaf(self, kind: str, loops: Mapping[str, str]) -> Written:
        leaves = [_word(path, "fact") for path in _FACTS.get(kind, ())]
        leaves += [_word(name, "loop variable") for name, element in loops.items() if element == kind]
        leaves += [
            _word(f"{name}.{field}", "field of loop variable")
            for name, element in loops.items()
            for field in _FIELDS.get(element, {}).get(kind, ())
        ]
        leaves += self.literals(kind)
        return self.one_of(leaves)

    def literals(self, kind: str) -> list[Written]:
        match kind:
            case "bool":
                return [_word("true", "bool"), _word("false", "bool")]
            case "int":
                return [_word(f"({n})" if n < 0 else str(n), "int") for n in _INTS] + 3 * [_FAILURE]
            case "double":
                return [_word(f"({x!r})" if x < 0 else repr(x), "double") for x in _DOUBLES]
            case "string":
                return [_word(f'"{text}"', "string") for text in _STRINGS]
            case "place":
                return []
            case _:
                return [_enum(kind, value) for value in _ENUMS[kind][1]]

    # ---- numbers ----

    def number(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        if self.one_of((False, False, False, False, True)):
            return _joined("(-{0})", self.expression(kind, depth - 1, loops), constructs=("minus",))
        operator = self.one_of(("+", "-", "*", "/", "%") if kind == "int" else ("+", "-", "*", "/"))
        left, right = (self.expression(kind, depth - 1, loops) for _ in range(2))
        whole = _joined(f"({{0}} {operator} {{1}})", left, right, constructs=(f"{kind} {operator}",))
        if kind == "int" and operator in ("/", "%"):
            sides = zip(left.completions, right.completions, _FILLED, strict=True)
            completions = tuple(f"({right_} == 0 ? {filled} : {left_} {operator} {right_})" for left_, right_, filled in sides)
            return Written(whole.ours, whole.plain, completions, whole.constructs)
        return whole

    def choice(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        test = self.expression("bool", depth - 1, loops)
        then, other = (self.expression(kind, depth - 1, loops) for _ in range(2))
        return _joined("({0} ? {1} : {2})", test, then, other, constructs=("?:",))

    # ---- conditions ----

    def condition(self, depth: int, loops: Mapping[str, str]) -> Written:
        return self.pick(
            lambda: self.logic(depth, loops),
            lambda: self.logic(depth, loops),
            lambda: self.logic(depth, loops),
            lambda: self.leaf("bool", loops),
            lambda: _joined("!{0}", self.expression("bool", depth - 1, loops), constructs=("!",)),
            lambda: self.choice("bool", depth, loops),
            lambda: self.comparison(depth, loops),
            lambda: self.comparison(depth, loops),
            lambda: self.text_test(depth, loops),
            lambda: self.membership(depth, loops),
            lambda: self.group_membership(loops),
            lambda: self.quantifier(depth, loops),
            lambda: self.quantifier(depth, loops),
        )

    def logic(self, depth: int, loops: Mapping[str, str]) -> Written:
        operator = self.one_of(("&&", "||"))
        left, right = (self.expression("bool", depth - 1, loops) for _ in range(2))
        return _joined(f"({{0}} {operator} {{1}})", left, right, constructs=(operator,))

    def comparison(self, depth: int, loops: Mapping[str, str]) -> Written:
        kind = self.kind()
        ordered = kind in ("int", "double")
        operator = self.one_of((">=", ">", "<=", "<", "!=", "==") if ordered else ("==", "!="))
        other = self.one_of(("int", "double")) if ordered and operator not in ("==", "!=") else kind
        left, right = self.expression(kind, depth - 1, loops), self.expression(other, depth - 1, loops)
        if other != kind:  # plain CEL compares numbers of different kinds only when it does not know their types
            left = replace(left, plain=f"dyn({left.plain})", completions=tuple(f"dyn({c})" for c in left.completions))
            return _joined(f"({{0}} {operator} {{1}})", left, right, constructs=(f"{kind} {operator} mixed",))
        name = "enum" if kind in _ENUMS else kind
        return _joined(f"({{0}} {operator} {{1}})", left, right, constructs=(f"{name} {operator}",))

    def text_test(self, depth: int, loops: Mapping[str, str]) -> Written:
        function = self.one_of(("startsWith", "endsWith", "contains"))
        left, right = (self.expression("string", depth - 1, loops) for _ in range(2))
        return _joined(f"{{0}}.{function}({{1}})", left, right, constructs=(function,))

    def membership(self, depth: int, loops: Mapping[str, str]) -> Written:
        of_loops = tuple(kind[1:-1] for element in loops.values() for kind in _FIELDS.get(element, {}) if kind.startswith("["))
        if of_loops and self.yes():
            kind = self.one_of(of_loops)
            element, whole = self.leaf(kind, loops), self.leaf_list(kind, loops)
            return _joined("({0} in {1})", element, whole, constructs=("in list of loop variable",))
        kind = self.kind()
        element, whole = self.expression(kind, depth - 1, loops), self.list(kind, depth - 1, loops)
        return _joined("({0} in {1})", element, whole, constructs=(f"in [{'enum' if kind in _ENUMS else kind}]",))

    def group_membership(self, loops: Mapping[str, str]) -> Written:
        kind, group = self.one_of((("place", "groups.places"), ("string", "groups.words"), ("Purpose", "groups.purposes")))
        return _joined(f"({{0}} in {group})", self.leaf(kind, loops), constructs=(f"in {group}",))

    # ---- lists and loops ----

    def list(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        literal = kind not in ("party", "item", "place")
        choices: list[Callable[[], Written]] = []
        if literal:
            choices.append(lambda: self.list_literal(kind, depth, loops))
        if not literal or kind in ("Purpose", "PartyRole", "Goods"):
            choices += [lambda: self.leaf_list(kind, loops)]
        if depth > 0:
            choices.append(lambda: self.filtered(kind, depth, loops))
            if literal:
                choices.append(lambda: self.mapped(kind, depth, loops))
        return self.pick(*choices)

    def leaf_list(self, kind: str, loops: Mapping[str, str]) -> Written:
        leaves = [_word(path, "list of facts") for path in _FACTS.get(f"[{kind}]", ())]
        leaves += [
            _word(f"{name}.{field}", "list of loop variable")
            for name, element in loops.items()
            for field in _FIELDS.get(element, {}).get(f"[{kind}]", ())
        ]
        return self.one_of(leaves) if leaves else self.list_literal(kind, 0, loops)

    def list_literal(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        parts = [self.expression(kind, max(0, depth - 1), loops) for _ in range(self.one_of((1, 2, 3)))]
        return _joined("[" + ", ".join(f"{{{n}}}" for n in range(len(parts))) + "]", *parts, constructs=("list",))

    def loop(self, kind: str, depth: int, loops: Mapping[str, str]) -> tuple[Written, str, dict[str, str]]:
        """What is looped over, a fresh variable, and the loops inside."""
        over = self.list(kind, depth - 1, loops)
        self.variables += 1
        variable = f"v{self.variables}"
        return over, variable, {**loops, variable: kind}

    def quantifier(self, depth: int, loops: Mapping[str, str]) -> Written:
        macro = self.one_of(("exists", "all"))
        kind = self.one_of(("party", "party", "item", "place", "Purpose", "int", "string"))
        over, variable, inner = self.loop(kind, depth, loops)
        body = self.expression("bool", depth - 1, inner)
        return _joined(f"{{0}}.{macro}({variable}, {{1}})", over, body, constructs=(macro, f"{macro} of {kind}"))

    def filtered(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        over, variable, inner = self.loop(kind, depth, loops)
        body = self.expression("bool", depth - 1, inner)
        return _joined(f"{{0}}.filter({variable}, {{1}})", over, body, constructs=("filter",))

    def mapped(self, kind: str, depth: int, loops: Mapping[str, str]) -> Written:
        over, variable, inner = self.loop(self.one_of(("party", "item", "int")), depth, loops)
        body = self.expression(kind, depth - 1, inner)
        if self.yes():
            where = self.expression("bool", depth - 1, inner)
            return _joined(f"{{0}}.map({variable}, {{1}}, {{2}})", over, where, body, constructs=("map with a test",))
        return _joined(f"{{0}}.map({variable}, {{1}})", over, body, constructs=("map",))


CONSTRUCTS: Final = frozenset(
    (
        *("fact", "loop variable", "field of loop variable", "list of facts", "list of loop variable", "list", "enum"),
        *("bool", "int", "double", "string", "failure", "minus", "?:", "&&", "||", "!", "startsWith", "endsWith", "contains"),
        *(f"int {operator}" for operator in ("+", "-", "*", "/", "%")),
        *(f"double {operator}" for operator in ("+", "-", "*", "/")),
        *(f"{kind} {operator}" for kind in ("int", "double", "string", "bool", "enum") for operator in ("==", "!=")),
        *(f"{kind} {operator}" for kind in ("int", "double") for operator in ("<", "<=", ">", ">=")),
        *(f"{kind} {operator} mixed" for kind in ("int", "double") for operator in ("<", "<=", ">", ">=")),
        *(f"in [{kind}]" for kind in ("int", "double", "string", "bool", "enum")),
        "in list of loop variable",
        *("in groups.places", "in groups.words", "in groups.purposes"),
        *(f"{macro} of {kind}" for macro in ("exists", "all") for kind in ("party", "item", "place", "Purpose", "int", "string")),
        *("exists", "all", "filter", "map", "map with a test"),
    )
)
"""Everything that the generator can produce."""


@st.composite
def conditions(draw: DrawFn, *, depth: int = 4) -> Written:
    """A random condition."""
    return _Generator(draw).expression("bool", depth, {})
