"""An evidence bundle: everything that an auditor needs about one decision, in one file, to be checked offline."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.json_format import MessageToDict, MessageToJson

from licet.ledger import verify
from licet.replay.replay import Replayed
from licet.v1 import action_pb2, decision_pb2, decision_service_pb2, outcome_pb2

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Proved:
    """A leaf with its place in the log and what proves that."""

    leaf: bytes
    index: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a decision: leaves with proofs, blobs as they are stored, and what they say."""

    decision: Proved
    release: Proved
    request_blob: bytes
    result_blob: bytes
    release_blob: bytes
    usage_blob: bytes | None
    """How yearly limits stood, and what the decision used of them, where there is anything to say."""
    checkpoint: str
    key: bytes | None
    """The data key, where the blobs are encrypted."""
    asked: Any
    """None where it was erased; then the decision has no result either."""
    decided: decision_pb2.Decision
    actions: tuple[action_pb2.RecordedAction, ...]
    sources: Mapping[str, bytes]
    replayed: Replayed


def bundle(evidence: Evidence) -> bytes:
    """The bundle as a ZIP file; the same evidence makes the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(_files(evidence)):
            file.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
        file.comment = b" " * verify.SEAL
    unsealed = made.getvalue()[: -verify.SEAL]
    return unsealed + hashlib.sha256(unsealed).hexdigest().encode()


def _files(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    yield "leaf.json", evidence.decision.leaf
    yield "release-leaf.json", evidence.release.leaf
    yield "request.blob", evidence.request_blob
    yield "result.blob", evidence.result_blob
    yield "release.blob", evidence.release_blob
    if evidence.usage_blob is not None:
        yield "usage.blob", evidence.usage_blob
    yield "checkpoint", evidence.checkpoint.encode()
    proofs = {"decision": _proof(evidence.decision), "release": _proof(evidence.release)}
    yield "proof.json", json.dumps(proofs, indent=1).encode()
    if evidence.key is not None:
        yield "data.key", evidence.key
    if evidence.asked is not None:
        yield "request.json", _json(evidence.asked)
    actions = [MessageToDict(each, preserving_proto_field_name=True) for each in evidence.actions]
    yield "actions.json", json.dumps(actions, ensure_ascii=False, indent=2).encode()
    yield "decision.json", _json(evidence.decided)
    yield "messages.binpb", _descriptors()
    yield "report.html", _report(evidence).encode()
    yield "verify.py", Path(verify.__file__).read_bytes()
    yield "README.txt", _README.encode()
    for name, data in evidence.sources.items():
        yield f"policies/{name}", data


def _proof(proved: Proved) -> dict[str, Any]:
    return {"index": proved.index, "hashes": [each.hex() for each in proved.hashes]}


def _json(message: Any) -> bytes:
    text: str = MessageToJson(message, preserving_proto_field_name=True, ensure_ascii=False)
    return text.encode()


def _descriptors() -> bytes:
    """The shapes of the messages, so that the blobs can be read by whatever reads protobuf."""
    found: dict[str, Any] = {}

    def add(file: Any) -> None:
        if file.name not in found:
            for other in file.dependencies:
                add(other)
            found[file.name] = file

    add(decision_service_pb2.DESCRIPTOR)
    whole = descriptor_pb2.FileDescriptorSet()
    for file in found.values():
        file.CopyToProto(whole.file.add())
    return whole.SerializeToString(deterministic=True)


# ---- the report ---------------------------------------------------------------------------------------------------------


def _report(evidence: Evidence) -> str:
    result, leaf = evidence.decided.result, json.loads(evidence.decision.leaf)
    rows = [
        ("Decision", evidence.decided.id),
        ("Disposition", _words(leaf["disposition"])),
        ("Outcome", _words(leaf["outcome"])),
        ("Decided at", evidence.decided.decided_at.ToJsonString()),
        ("Legal date", _day(evidence.decided.as_of)),
        ("Release", evidence.decided.release),
        ("Engine", evidence.decided.engine),
        ("Entry", f"{evidence.decision.index} of {evidence.decided.proof.origin}"),
        ("Replayed", f"{evidence.replayed.verdict} {evidence.replayed.why}".strip()),
    ]
    head = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows)
    return _PAGE.format(
        title=_text(f"Decision {evidence.decided.id}"),
        head=head,
        summary=_text(result.summary),
        determinations=_determinations(result),
        questions=_items(f"{question.text} ({question.path})" for question in result.questions),
        assumptions=_items(dict.fromkeys(assumption.statement for assumption in result.assumptions)),
        steps="".join(map(_step, result.trace.steps)),
        actions=_items(map(_action, evidence.actions)),
        request=_text(_json(evidence.asked).decode() if evidence.asked is not None else "It has been erased."),
    )


def _action(recorded: action_pb2.RecordedAction) -> str:
    action = recorded.action
    why = "its content has been erased" if recorded.erased else action.reason
    who = f" by {action.officer.name or action.officer.id}" if action.officer.id else ""
    where = f"entry {recorded.proof.index}"
    return f"{recorded.recorded_at.ToJsonString()}: {_name(action, 'kind')} {action.red_flag}{who}: {why} ({where})"


def _words(name: str) -> str:
    return name.replace("_", " ").lower()


def _determinations(result: Any) -> str:
    """The laws that are concerned, each with its lines, and in one sentence the jurisdictions that are not."""
    names = {each.jurisdiction: each.name for each in result.jurisdictions}
    concerned = [each for each in result.determinations if each.outcome != outcome_pb2.OUTCOME_NOT_SUBJECT]
    others = [name for id_, name in names.items() if id_ not in {each.jurisdiction for each in concerned}]
    aside = f"<p>Not concerned: {_text(', '.join(others))}.</p>" if others else ""
    return "".join(_determination(names[each.jurisdiction], each) for each in concerned) + aside


def _determination(jurisdiction: str, each: Any) -> str:
    head = f"{jurisdiction}, {each.instrument_title}, line {each.item}: {_name(each, 'outcome')}"
    used = (f"{one.id}: {one.title} ({_name(one, 'state')}) – {_source(one.source)}" for one in each.authorizations)
    return f"<h3>{_text(head)}</h3>{_items(map(_control, (*each.requirements, *each.prohibitions)))}{_items(used)}"


def _control(control: Any) -> str:
    return f"{control.basis}: {control.title} – {control.rule} – {_source(control.source)}"


def _source(source: Any) -> str:
    """Regimes, citation, and since when."""
    regimes = (f"{each.regime_name or each.regime} {each.entry}".strip() for each in source.derives_from)
    since = f"since {_day(source.in_force_from)}" if source.HasField("in_force_from") else ""
    return ", ".join(part for part in (*regimes, source.cite, since) if part)


def _step(step: Any) -> str:
    leaves = _items(
        f"{leaf.text} – {_name(leaf, 'truth')}; {', '.join(f'{r.path} = {r.value}' for r in leaf.readings)} [{leaf.location}]"
        for leaf in step.leaves
    )
    head = f"{step.rule or ', '.join(step.rules)} {step.item}: {_name(step, 'verdict')} – {step.title}, {step.source.cite}"
    return f"<h4>{_text(head)}</h4>{leaves}"


def _items(texts: Iterable[str]) -> str:
    found = "".join(f"<li>{_text(text)}</li>" for text in texts)
    return f"<ul>{found}</ul>" if found else ""


def _name(message: Any, field: str) -> str:
    """The name of an enum value, in words."""
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    value = kind.values_by_number[getattr(message, field)].name
    prefix = kind.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(value.removeprefix(prefix).replace("_", " ").lower())


def _day(date: Any) -> str:
    return f"{date.year:04}-{date.month:02}-{date.day:02}"


def _text(text: str) -> str:
    return html.escape(text)


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 11pt/1.4 serif; max-width: 46em; margin: 2em auto; color: #111 }}
h1, h2, h3, h4 {{ font-family: sans-serif; page-break-after: avoid }}
h4 {{ font-size: 10pt; margin-bottom: 0 }}
th {{ text-align: left; padding-right: 1.5em; vertical-align: top; font-weight: normal; color: #555 }}
td {{ overflow-wrap: anywhere }}
pre {{ font-size: 8pt; white-space: pre-wrap }}
@page {{ margin: 2cm }}
</style>
<h1>{title}</h1>
<table>{head}</table>
<p>{summary}</p>
<p><em>This page is for reading. What is proved, and how to check it, stands in README.txt.</em></p>
<h2>By law and line</h2>{determinations}
<h2>Open questions</h2>{questions}
<h2>Assumed</h2>{assumptions}
<h2>Rules</h2>{steps}
<h2>What officers did about it</h2>{actions}
<h2>What was asked</h2><pre>{request}</pre>
</html>
"""
_README = """Evidence about one decision of Licet.

Check it offline, with a public key of the log that you got from somewhere else than this file:

    pip install cryptography
    python verify.py BUNDLE.zip --key licet.pub

Proved: that request, result and policies are the bytes that were recorded, and that the record stands in a log which the key
signed. leaf.json and release-leaf.json are the entries; their request and result are SHA-256 of the blobs, as stored. A blob begins
with 01 (zlib follows) or 02 (AES-256-GCM under data.key: 12 bytes of nonce, then zlib, encrypted). request.blob holds a
licet.v1.EvaluateRequest, result.blob a licet.v1.Result (shapes: messages.binpb), release.blob JSON of the files under policies/.
usage.blob is there where a yearly limit was used, and holds a licet.v1.LimitUse: what counted, and what the decision used.

For reading only: request.json, decision.json and report.html, made from these, and actions.json: what officers did about the
decision, each with its leaf. Where a blob begins with 02 and data.key is missing, its content was erased: that it was decided is
proved, and nothing more. The last 64 bytes of the file are the SHA-256 of all bytes before them, which finds accidents of storage.
"""
