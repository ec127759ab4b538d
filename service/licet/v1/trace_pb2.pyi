from licet.v1 import source_pb2 as _source_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_FIRED: _ClassVar[Verdict]
    VERDICT_UNDETERMINED: _ClassVar[Verdict]
    VERDICT_CONSIDERED: _ClassVar[Verdict]
    VERDICT_NOT_FIRED: _ClassVar[Verdict]

class Truth(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRUTH_UNSPECIFIED: _ClassVar[Truth]
    TRUTH_TRUE: _ClassVar[Truth]
    TRUTH_FALSE: _ClassVar[Truth]
    TRUTH_UNKNOWN: _ClassVar[Truth]

class ReadingSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    READING_SOURCE_UNSPECIFIED: _ClassVar[ReadingSource]
    READING_SOURCE_STATED: _ClassVar[ReadingSource]
    READING_SOURCE_ASSUMED: _ClassVar[ReadingSource]
    READING_SOURCE_NOT_CLAIMED: _ClassVar[ReadingSource]
    READING_SOURCE_TABLE: _ClassVar[ReadingSource]
    READING_SOURCE_DERIVED: _ClassVar[ReadingSource]
    READING_SOURCE_UNSET: _ClassVar[ReadingSource]
VERDICT_UNSPECIFIED: Verdict
VERDICT_FIRED: Verdict
VERDICT_UNDETERMINED: Verdict
VERDICT_CONSIDERED: Verdict
VERDICT_NOT_FIRED: Verdict
TRUTH_UNSPECIFIED: Truth
TRUTH_TRUE: Truth
TRUTH_FALSE: Truth
TRUTH_UNKNOWN: Truth
READING_SOURCE_UNSPECIFIED: ReadingSource
READING_SOURCE_STATED: ReadingSource
READING_SOURCE_ASSUMED: ReadingSource
READING_SOURCE_NOT_CLAIMED: ReadingSource
READING_SOURCE_TABLE: ReadingSource
READING_SOURCE_DERIVED: ReadingSource
READING_SOURCE_UNSET: ReadingSource

class Reading(_message.Message):
    __slots__ = ("path", "value", "source")
    PATH_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    path: str
    value: str
    source: ReadingSource
    def __init__(self, path: _Optional[str] = ..., value: _Optional[str] = ..., source: _Optional[_Union[ReadingSource, str]] = ...) -> None: ...

class TraceLeaf(_message.Message):
    __slots__ = ("text", "truth", "readings", "location", "definition", "in_about")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TRUTH_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    IN_ABOUT_FIELD_NUMBER: _ClassVar[int]
    text: str
    truth: Truth
    readings: _containers.RepeatedCompositeFieldContainer[Reading]
    location: str
    definition: str
    in_about: bool
    def __init__(self, text: _Optional[str] = ..., truth: _Optional[_Union[Truth, str]] = ..., readings: _Optional[_Iterable[_Union[Reading, _Mapping]]] = ..., location: _Optional[str] = ..., definition: _Optional[str] = ..., in_about: _Optional[bool] = ...) -> None: ...

class TraceStep(_message.Message):
    __slots__ = ("jurisdiction", "rule", "item", "verdict", "title", "source", "effect", "leaves", "missing", "count", "rules", "note")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    LEAVES_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    rule: str
    item: str
    verdict: Verdict
    title: str
    source: _source_pb2.Source
    effect: _source_pb2.EffectKind
    leaves: _containers.RepeatedCompositeFieldContainer[TraceLeaf]
    missing: _containers.RepeatedScalarFieldContainer[str]
    count: int
    rules: _containers.RepeatedScalarFieldContainer[str]
    note: str
    def __init__(self, jurisdiction: _Optional[str] = ..., rule: _Optional[str] = ..., item: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., title: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., effect: _Optional[_Union[_source_pb2.EffectKind, str]] = ..., leaves: _Optional[_Iterable[_Union[TraceLeaf, _Mapping]]] = ..., missing: _Optional[_Iterable[str]] = ..., count: _Optional[int] = ..., rules: _Optional[_Iterable[str]] = ..., note: _Optional[str] = ...) -> None: ...

class RuleCount(_message.Message):
    __slots__ = ("jurisdiction", "verdict", "count")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    verdict: Verdict
    count: int
    def __init__(self, jurisdiction: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., count: _Optional[int] = ...) -> None: ...

class Trace(_message.Message):
    __slots__ = ("steps", "omitted", "omitted_counts")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    OMITTED_FIELD_NUMBER: _ClassVar[int]
    OMITTED_COUNTS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[TraceStep]
    omitted: int
    omitted_counts: _containers.RepeatedCompositeFieldContainer[RuleCount]
    def __init__(self, steps: _Optional[_Iterable[_Union[TraceStep, _Mapping]]] = ..., omitted: _Optional[int] = ..., omitted_counts: _Optional[_Iterable[_Union[RuleCount, _Mapping]]] = ...) -> None: ...
