"""A package's `vocabulary.csv`: circumstances of items as a spreadsheet with the columns name, type, class, question."""

from __future__ import annotations

from licet.language.faults import Position
from licet.policy.reading import Faults
from licet.policy.source import FactSource
from licet.policy.text import CsvText, Scalar

_COLUMNS = ("name", "type", "class", "question")


def read_vocabulary_csv(csv: CsvText, faults: Faults) -> list[FactSource]:
    """The vocabulary entries of the rows."""
    names = [header.partition(":")[0].lstrip("*") for header in csv.header]
    missing = [column for column in _COLUMNS if column not in names]
    if missing:
        faults.add(Position(csv.file, 1, 1), "HEADER", f"the columns {', '.join(missing)} are missing")
        return []
    entries = []
    for row in csv.rows:
        cells = dict(zip(names, row.cells, strict=True))
        path = Scalar(f"items[*].circumstances[{cells['name']}]", Position(csv.file, row.line, 1), plain=False)
        entries.append(FactSource(path, cells["class"], cells["type"], "", cells["question"], "", (), "", (), None))
    return entries
