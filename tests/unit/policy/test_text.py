from __future__ import annotations

import pytest

from licet.language.faults import Fault, Position
from licet.policy.text import Mapping, Scalar, Sequence, plain_data, read_csv, read_yaml
from tests.support.packages import CATALOGUES, faults_of, load, replaced


def _data(text: str) -> object:
    node, faults = read_yaml("a.yaml", text.encode())
    assert [] == faults
    assert node is not None
    return plain_data(node)


@pytest.mark.parametrize(
    "text", ["NO", "no", "Yes", "on", "0123", "3E001", "12:30", "1_000", "0x1F", "1e3", "~", "null", "2026-01-01", ".inf", "True"]
)
def test_a_value_is_the_text_as_written(text: str) -> None:
    """Nothing is guessed of a value: Norway stays NO, 0123 and 3E001 keep their letters and digits, a time is no number."""
    assert {"key": text} == _data(f"key: {text}\n")
    assert [text] == _data(f"- {text}\n")
    assert {text: "value"} == _data(f"{text}: value\n")


def test_norway_is_a_member() -> None:
    """A group may name Norway without quotes."""
    release = load()
    members = {member.value for member in release.packages["zz"].groups["allies"].members}
    assert {"DE", "NO"} == members


def test_every_node_keeps_its_place() -> None:
    """Keys and values know their file, line and column, counted from 1 in characters; only plain texts have exact columns."""
    node, faults = read_yaml("a.yaml", 'a: ü b\n\nlist:\n  - "quoted"\n  - |\n    block\n'.encode())
    assert [] == faults
    assert isinstance(node, Mapping)
    (first, plain), (_, items) = node.entries
    assert Position("a.yaml", 1, 1) == first.at
    assert Scalar("ü b", Position("a.yaml", 1, 4), plain=True) == plain
    assert isinstance(items, Sequence)
    assert (Scalar("quoted", Position("a.yaml", 4, 5), plain=False), False) == (items.items[0], items.items[1].plain)  # type: ignore[union-attr]  # a text


# ---- what cannot be read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line", "column", "code", "message"),
    [
        ("", 1, 1, "EMPTY_FILE", "the file is empty"),
        ("# nothing yet\n", 1, 1, "EMPTY_FILE", "the file is empty"),
        ("rules: [a\n  b: c", 2, 4, "YAML", "did not find expected ',' or ']'"),
        ("rules:\n\t- a", 2, 1, "YAML", "found character that cannot start any token"),
        ("a: b\n---\nc: d\n", 2, 1, "YAML", "found another document"),
        ("a: \x01", 1, 4, "LOOK_ALIKE", "U+0001 looks like another character or cannot be seen"),
        (b"a: b\nc: \xe4\n", 2, 1, "ENCODING", "the file is not UTF-8"),
        ("a: b".encode("utf-16"), 1, 1, "ENCODING", "the file is not UTF-8"),
        ("a: b\nc: d\na: e\n", 3, 1, "REPEATED_KEY", "the key a stands here again; it stands on line 1 already"),
        ("a: {b: c, b: d}\n", 1, 11, "REPEATED_KEY", "the key b stands here again; it stands on line 1 already"),
        ("a: &x [b]\nc: *x\n", 1, 4, "ALIAS", "YAML aliases are not supported"),
        ("a: &x [*x]\n", 1, 4, "ALIAS", "YAML aliases are not supported"),
        ("? [a]\n: b\n", 1, 3, "KEY", "a key must be a text"),
        ("a: Тест\n", 1, 4, "LOOK_ALIKE", "CYRILLIC CAPITAL LETTER TE looks like another character or cannot be seen"),
        ("a: Α\n", 1, 4, "LOOK_ALIKE", "GREEK CAPITAL LETTER ALPHA looks like another character"),
        ("a: b\u202ec\n", 1, 5, "LOOK_ALIKE", "RIGHT-TO-LEFT OVERRIDE looks like another character"),
        ("a: b\u200bc\n", 1, 5, "LOOK_ALIKE", "ZERO WIDTH SPACE looks like another character"),
        ("a: b\u00a0c\n", 1, 5, "LOOK_ALIKE", "NO-BREAK SPACE looks like another character"),
        ("a: b\u00adc\n", 1, 5, "LOOK_ALIKE", "SOFT HYPHEN looks like another character"),
        ("a: b\n# c \u202e d\n", 2, 5, "LOOK_ALIKE", "RIGHT-TO-LEFT OVERRIDE looks like another character"),
    ],
)
def test_yaml_that_cannot_be_trusted_is_a_fault(content: str | bytes, line: int, column: int, code: str, message: str) -> None:
    """Text that cannot be read, or that reads otherwise than it looks, is a fault with its place."""
    _, faults = read_yaml("a.yaml", content if isinstance(content, bytes) else content.encode())
    first = faults[0]
    assert (Position("a.yaml", line, column), code) == (first.at, first.code)
    assert message in first.message


@pytest.mark.parametrize(
    "text", ["a: Grüße\n", "a: 中国\n", "# Кириллица in a comment\na: b\n", "\ufeffa: b\n", "a: b\r\nc: d\r\n", "a:\n  - b # c\n"]
)
def test_letters_of_other_languages_are_fine(text: str) -> None:
    """Letters that look like no others, comments, a byte-order mark and Windows line ends are no faults."""
    node, faults = read_yaml("a.yaml", text.encode())
    assert [] == faults
    assert node is not None


def test_a_tag_makes_no_object() -> None:
    """A YAML tag is not obeyed: the value stays a text."""
    assert {"a": "5", "b": "x"} == _data("a: !!int 5\nb: !!python/name:os.system x\n")


def test_an_alias_bomb_stays_small() -> None:
    """Aliases of aliases are not followed, each is a fault."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(30))
    _, faults = read_yaml("a.yaml", levels.encode())
    assert {"ALIAS"} == {fault.code for fault in faults}


# ---- tables -------------------------------------------------------------------------------------------------------------


def test_a_table_is_read_as_text() -> None:
    """Cells are texts without the blanks around them; quoted cells may hold commas and line breaks; empty lines do not count."""
    csv, faults = read_csv("t.csv", b'*a:word,b:text\n NO ,"x, y"\n\n0123,"two\nlines"\n')
    assert [] == faults
    assert csv is not None
    assert ("*a:word", "b:text") == csv.header
    assert [(2, ("NO", "x, y")), (5, ("0123", "two\nlines"))] == [(row.line, row.cells) for row in csv.rows]


@pytest.mark.parametrize(
    ("content", "line", "column", "code"),
    [
        (b"", 1, 1, "EMPTY_FILE"),
        (b"\n\n", 1, 1, "EMPTY_FILE"),
        (b'a,b\nx,"y', 2, 1, "CSV"),
        (b"a,b\nx\n", 2, 1, "CELLS"),
        (b"a,b\nx,y,z\n", 2, 1, "CELLS"),
        (b"a,b\n\xe4,y\n", 2, 1, "ENCODING"),
        ("a,b\nx,А2\n".encode(), 2, 3, "LOOK_ALIKE"),
        (b"a,b\nx,y\x00z\n", 2, 4, "LOOK_ALIKE"),
    ],
)
def test_a_table_that_cannot_be_trusted_is_a_fault(content: bytes, line: int, column: int, code: str) -> None:
    """A table that cannot be read, with a row too short or too long, or with odd characters, is a fault with its place."""
    _, faults = read_csv("t.csv", content)
    assert [(Position("t.csv", line, column), code)] == [(fault.at, fault.code) for fault in faults]


def test_faults_of_text_come_from_all_files_at_once() -> None:
    """A folder with an unreadable file and a look-alike in another reports both, sorted by place, and nothing of later stages."""
    changed = {
        **replaced("zz/policy.yaml", "name: Testland", "name: Тestland"),
        "zz/tables/entries.csv": b"\xff",
        "concepts.yaml": CATALOGUES["concepts.yaml"].replace("title: Nexus", "titel: Nexus"),
    }
    faults = faults_of(changed)
    assert ["zz/policy.yaml:2:7", "zz/tables/entries.csv:1:1"] == [str(fault.at) for fault in faults]


def test_a_fault_says_where_what_and_what_to_do() -> None:
    """The text of a fault is place, code, message and hint, in the form that editors follow."""
    fault = Fault(Position("zz/policy.yaml", 2, 7), "CHOICE", "kind is x", "did you mean y?")
    assert "zz/policy.yaml:2:7: CHOICE: kind is x (did you mean y?)" == str(fault)
