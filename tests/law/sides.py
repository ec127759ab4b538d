"""What the reference says and what a package says, fact by fact: the differences, the listed ones aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from licet.language.law import Law

Topics: TypeAlias = Mapping[str, tuple[Callable[[], set[str]], Callable[[Law], set[str]]]]
"""By topic, how to read the facts of the reference and those of the law."""


def said(name: str) -> Mapping[str, Any]:
    """What a file beside this one says: `differences`, each with topic, reason and `reference` or `package`."""
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of all topics, and the differences that are listed."""

    topics: Topics
    listed: tuple[Mapping[str, Any], ...]

    def wrong(self, topic: str, law: Law) -> Iterator[str]:
        """Differences that nobody listed, and listed ones that are not there, or not so often."""
        there, here = (read() for read in (self.topics[topic][0], lambda: self.topics[topic][1](law)))
        for side, left in (("reference", there - here), ("package", here - there)):
            for each in (each for each in self.listed if each["topic"] == topic and side in each):
                count = each.get(f"count_{side}", each.get("count", 1))
                met = {text for text in left if fnmatchcase(text, each[side])}
                left -= met  # noqa: PLW2901  # what is left for the next
                if len(met) != count:
                    yield f"listed, but {len(met)} and not {count}: only the {side} says {each[side]}"
            yield from (f"not listed: only the {side} says {text}" for text in sorted(left))

    def missed(
        self, errors: Mapping[str, tuple[str, str, str]], files: Mapping[str, bytes], law: Callable[[Any], Law]
    ) -> list[str]:
        """The topics in which an error of their own (file, text, instead of it) is not found."""
        changed = dict(files)
        for file, text, instead in errors.values():
            found = changed[file].decode()
            assert text in found, f"{text} no longer stands in {file}"
            changed[file] = found.replace(text, instead, 1).encode()
        broken = law(changed)
        return [topic for topic in errors if not list(self.wrong(topic, broken))]

    def badly_listed(self) -> list[Mapping[str, Any]]:
        """The listed differences of no topic, or without a reason that a reader can judge."""
        return [each for each in self.listed if each["topic"] not in self.topics or len(each["reason"]) <= 30]
