import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from licet.v1 import source_pb2 as _source_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RuleStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RULE_STATUS_UNSPECIFIED: _ClassVar[RuleStatus]
    RULE_STATUS_ACTIVE: _ClassVar[RuleStatus]
    RULE_STATUS_STAYED: _ClassVar[RuleStatus]

class ChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANGE_KIND_UNSPECIFIED: _ClassVar[ChangeKind]
    CHANGE_KIND_ADDED: _ClassVar[ChangeKind]
    CHANGE_KIND_REMOVED: _ClassVar[ChangeKind]
    CHANGE_KIND_CHANGED: _ClassVar[ChangeKind]
RULE_STATUS_UNSPECIFIED: RuleStatus
RULE_STATUS_ACTIVE: RuleStatus
RULE_STATUS_STAYED: RuleStatus
CHANGE_KIND_UNSPECIFIED: ChangeKind
CHANGE_KIND_ADDED: ChangeKind
CHANGE_KIND_REMOVED: ChangeKind
CHANGE_KIND_CHANGED: ChangeKind

class ListJurisdictionsRequest(_message.Message):
    __slots__ = ("release", "page_size", "page_token")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    release: str
    page_size: int
    page_token: str
    def __init__(self, release: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListJurisdictionsResponse(_message.Message):
    __slots__ = ("jurisdictions", "next_page_token")
    JURISDICTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jurisdictions: _containers.RepeatedCompositeFieldContainer[JurisdictionInfo]
    next_page_token: str
    def __init__(self, jurisdictions: _Optional[_Iterable[_Union[JurisdictionInfo, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class JurisdictionInfo(_message.Message):
    __slots__ = ("jurisdiction", "name", "version", "authority", "checked", "extends", "places", "instruments", "covers", "not_covered", "recalled")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    EXTENDS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENTS_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    NOT_COVERED_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    name: str
    version: str
    authority: str
    checked: _date_pb2.Date
    extends: str
    places: _containers.RepeatedScalarFieldContainer[str]
    instruments: _containers.RepeatedCompositeFieldContainer[Instrument]
    covers: _containers.RepeatedScalarFieldContainer[str]
    not_covered: _containers.RepeatedScalarFieldContainer[str]
    recalled: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, jurisdiction: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., authority: _Optional[str] = ..., checked: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., extends: _Optional[str] = ..., places: _Optional[_Iterable[str]] = ..., instruments: _Optional[_Iterable[_Union[Instrument, _Mapping]]] = ..., covers: _Optional[_Iterable[str]] = ..., not_covered: _Optional[_Iterable[str]] = ..., recalled: _Optional[_Iterable[str]] = ...) -> None: ...

class Instrument(_message.Message):
    __slots__ = ("id", "title", "cite", "limbs")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    CITE_FIELD_NUMBER: _ClassVar[int]
    LIMBS_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    cite: str
    limbs: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., cite: _Optional[str] = ..., limbs: _Optional[_Iterable[str]] = ...) -> None: ...

class GetReleaseRequest(_message.Message):
    __slots__ = ("digest",)
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    digest: str
    def __init__(self, digest: _Optional[str] = ...) -> None: ...

class GetReleaseResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: Release
    def __init__(self, release: _Optional[_Union[Release, _Mapping]] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("digest", "version", "language", "packages", "loaded_at", "reload_faults", "reload_fault_count", "reload_failed_at")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    LOADED_AT_FIELD_NUMBER: _ClassVar[int]
    RELOAD_FAULTS_FIELD_NUMBER: _ClassVar[int]
    RELOAD_FAULT_COUNT_FIELD_NUMBER: _ClassVar[int]
    RELOAD_FAILED_AT_FIELD_NUMBER: _ClassVar[int]
    digest: str
    version: str
    language: str
    packages: _containers.RepeatedCompositeFieldContainer[PackageInfo]
    loaded_at: _timestamp_pb2.Timestamp
    reload_faults: _containers.RepeatedScalarFieldContainer[str]
    reload_fault_count: int
    reload_failed_at: _timestamp_pb2.Timestamp
    def __init__(self, digest: _Optional[str] = ..., version: _Optional[str] = ..., language: _Optional[str] = ..., packages: _Optional[_Iterable[_Union[PackageInfo, _Mapping]]] = ..., loaded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reload_faults: _Optional[_Iterable[str]] = ..., reload_fault_count: _Optional[int] = ..., reload_failed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PackageInfo(_message.Message):
    __slots__ = ("jurisdiction", "version", "digest", "rule_count", "row_count")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    RULE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    version: str
    digest: str
    rule_count: int
    row_count: int
    def __init__(self, jurisdiction: _Optional[str] = ..., version: _Optional[str] = ..., digest: _Optional[str] = ..., rule_count: _Optional[int] = ..., row_count: _Optional[int] = ...) -> None: ...

class ListReleasesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReleasesResponse(_message.Message):
    __slots__ = ("releases", "next_page_token")
    RELEASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    releases: _containers.RepeatedCompositeFieldContainer[KeptRelease]
    next_page_token: str
    def __init__(self, releases: _Optional[_Iterable[_Union[KeptRelease, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class KeptRelease(_message.Message):
    __slots__ = ("digest", "language", "packages", "kept_at", "index", "active", "publications", "activations")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    KEPT_AT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PUBLICATIONS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATIONS_FIELD_NUMBER: _ClassVar[int]
    digest: str
    language: str
    packages: _containers.RepeatedCompositeFieldContainer[PackageVersion]
    kept_at: _timestamp_pb2.Timestamp
    index: int
    active: bool
    publications: _containers.RepeatedCompositeFieldContainer[Publication]
    activations: _containers.RepeatedCompositeFieldContainer[Activation]
    def __init__(self, digest: _Optional[str] = ..., language: _Optional[str] = ..., packages: _Optional[_Iterable[_Union[PackageVersion, _Mapping]]] = ..., kept_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., index: _Optional[int] = ..., active: _Optional[bool] = ..., publications: _Optional[_Iterable[_Union[Publication, _Mapping]]] = ..., activations: _Optional[_Iterable[_Union[Activation, _Mapping]]] = ...) -> None: ...

class PackageVersion(_message.Message):
    __slots__ = ("jurisdiction", "version", "digest")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    version: str
    digest: str
    def __init__(self, jurisdiction: _Optional[str] = ..., version: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class Publication(_message.Message):
    __slots__ = ("published_at", "by", "statement", "signed_by", "index")
    PUBLISHED_AT_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    SIGNED_BY_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    published_at: _timestamp_pb2.Timestamp
    by: str
    statement: str
    signed_by: _containers.RepeatedScalarFieldContainer[str]
    index: int
    def __init__(self, published_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by: _Optional[str] = ..., statement: _Optional[str] = ..., signed_by: _Optional[_Iterable[str]] = ..., index: _Optional[int] = ...) -> None: ...

class Activation(_message.Message):
    __slots__ = ("id", "activated_at", "by", "reason", "index")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_AT_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    id: str
    activated_at: _timestamp_pb2.Timestamp
    by: str
    reason: str
    index: int
    def __init__(self, id: _Optional[str] = ..., activated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by: _Optional[str] = ..., reason: _Optional[str] = ..., index: _Optional[int] = ...) -> None: ...

class PublishReleaseRequest(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: bytes
    def __init__(self, file: _Optional[bytes] = ...) -> None: ...

class PublishReleaseResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: KeptRelease
    def __init__(self, release: _Optional[_Union[KeptRelease, _Mapping]] = ...) -> None: ...

class ActivateReleaseRequest(_message.Message):
    __slots__ = ("digest", "reason", "request_id")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    digest: str
    reason: str
    request_id: str
    def __init__(self, digest: _Optional[str] = ..., reason: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ActivateReleaseResponse(_message.Message):
    __slots__ = ("release", "activation")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    release: KeptRelease
    activation: Activation
    def __init__(self, release: _Optional[_Union[KeptRelease, _Mapping]] = ..., activation: _Optional[_Union[Activation, _Mapping]] = ...) -> None: ...

class DiffReleasesRequest(_message.Message):
    __slots__ = ("before", "after", "jurisdiction", "page_size", "page_token")
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    before: str
    after: str
    jurisdiction: str
    page_size: int
    page_token: str
    def __init__(self, before: _Optional[str] = ..., after: _Optional[str] = ..., jurisdiction: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class DiffReleasesResponse(_message.Message):
    __slots__ = ("before", "after", "packages", "changes", "next_page_token")
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    before: str
    after: str
    packages: _containers.RepeatedCompositeFieldContainer[PackageChange]
    changes: _containers.RepeatedCompositeFieldContainer[Change]
    next_page_token: str
    def __init__(self, before: _Optional[str] = ..., after: _Optional[str] = ..., packages: _Optional[_Iterable[_Union[PackageChange, _Mapping]]] = ..., changes: _Optional[_Iterable[_Union[Change, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PackageChange(_message.Message):
    __slots__ = ("jurisdiction", "kind", "before", "after")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    kind: ChangeKind
    before: str
    after: str
    def __init__(self, jurisdiction: _Optional[str] = ..., kind: _Optional[_Union[ChangeKind, str]] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("jurisdiction", "element", "id", "title", "kind", "place_before", "place_after", "fields")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PLACE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PLACE_AFTER_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    element: str
    id: str
    title: str
    kind: ChangeKind
    place_before: str
    place_after: str
    fields: _containers.RepeatedCompositeFieldContainer[FieldChange]
    def __init__(self, jurisdiction: _Optional[str] = ..., element: _Optional[str] = ..., id: _Optional[str] = ..., title: _Optional[str] = ..., kind: _Optional[_Union[ChangeKind, str]] = ..., place_before: _Optional[str] = ..., place_after: _Optional[str] = ..., fields: _Optional[_Iterable[_Union[FieldChange, _Mapping]]] = ...) -> None: ...

class FieldChange(_message.Message):
    __slots__ = ("field", "before", "after")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    field: str
    before: str
    after: str
    def __init__(self, field: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class ListRulesRequest(_message.Message):
    __slots__ = ("release", "jurisdiction", "date", "page_size", "page_token")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    release: str
    jurisdiction: str
    date: _date_pb2.Date
    page_size: int
    page_token: str
    def __init__(self, release: _Optional[str] = ..., jurisdiction: _Optional[str] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRulesResponse(_message.Message):
    __slots__ = ("rules", "next_page_token")
    RULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    next_page_token: str
    def __init__(self, rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetRuleRequest(_message.Message):
    __slots__ = ("id", "release")
    ID_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    id: str
    release: str
    def __init__(self, id: _Optional[str] = ..., release: _Optional[str] = ...) -> None: ...

class GetRuleResponse(_message.Message):
    __slots__ = ("rule",)
    RULE_FIELD_NUMBER: _ClassVar[int]
    rule: Rule
    def __init__(self, rule: _Optional[_Union[Rule, _Mapping]] = ...) -> None: ...

class InForceInterval(_message.Message):
    __slots__ = ("from_date", "by", "to_date", "to_by")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_BY_FIELD_NUMBER: _ClassVar[int]
    from_date: _date_pb2.Date
    by: str
    to_date: _date_pb2.Date
    to_by: str
    def __init__(self, from_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., by: _Optional[str] = ..., to_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., to_by: _Optional[str] = ...) -> None: ...

class Rule(_message.Message):
    __slots__ = ("id", "jurisdiction", "title", "instrument", "phase", "effect", "effect_text", "source", "rationale", "about", "when", "in_force", "for_each", "status", "cause", "tables")
    ID_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENT_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    EFFECT_TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    RATIONALE_FIELD_NUMBER: _ClassVar[int]
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    FOR_EACH_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    TABLES_FIELD_NUMBER: _ClassVar[int]
    id: str
    jurisdiction: str
    title: str
    instrument: str
    phase: _source_pb2.Phase
    effect: _source_pb2.EffectKind
    effect_text: str
    source: _source_pb2.Source
    rationale: str
    about: str
    when: str
    in_force: _containers.RepeatedCompositeFieldContainer[InForceInterval]
    for_each: str
    status: RuleStatus
    cause: str
    tables: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., jurisdiction: _Optional[str] = ..., title: _Optional[str] = ..., instrument: _Optional[str] = ..., phase: _Optional[_Union[_source_pb2.Phase, str]] = ..., effect: _Optional[_Union[_source_pb2.EffectKind, str]] = ..., effect_text: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., rationale: _Optional[str] = ..., about: _Optional[str] = ..., when: _Optional[str] = ..., in_force: _Optional[_Iterable[_Union[InForceInterval, _Mapping]]] = ..., for_each: _Optional[str] = ..., status: _Optional[_Union[RuleStatus, str]] = ..., cause: _Optional[str] = ..., tables: _Optional[_Iterable[str]] = ...) -> None: ...
