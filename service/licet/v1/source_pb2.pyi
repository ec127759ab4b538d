from google.type import date_pb2 as _date_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DerivationRelation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DERIVATION_RELATION_UNSPECIFIED: _ClassVar[DerivationRelation]
    DERIVATION_RELATION_IMPLEMENTS: _ClassVar[DerivationRelation]
    DERIVATION_RELATION_EXTENDS: _ClassVar[DerivationRelation]
    DERIVATION_RELATION_ALIGNED: _ClassVar[DerivationRelation]
    DERIVATION_RELATION_OWN: _ClassVar[DerivationRelation]

class RegimeStanding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REGIME_STANDING_UNSPECIFIED: _ClassVar[RegimeStanding]
    REGIME_STANDING_MEMBER: _ClassVar[RegimeStanding]
    REGIME_STANDING_ADHERENT: _ClassVar[RegimeStanding]
    REGIME_STANDING_ALIGNED: _ClassVar[RegimeStanding]
    REGIME_STANDING_NONE: _ClassVar[RegimeStanding]

class Provenance(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROVENANCE_UNSPECIFIED: _ClassVar[Provenance]
    PROVENANCE_SOURCE: _ClassVar[Provenance]
    PROVENANCE_MIXED: _ClassVar[Provenance]
    PROVENANCE_RECALLED: _ClassVar[Provenance]

class Disclosure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISCLOSURE_UNSPECIFIED: _ClassVar[Disclosure]
    DISCLOSURE_PUBLIC: _ClassVar[Disclosure]
    DISCLOSURE_RESTRICTED: _ClassVar[Disclosure]

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_UNSPECIFIED: _ClassVar[Phase]
    PHASE_REACH: _ClassVar[Phase]
    PHASE_CONTROL: _ClassVar[Phase]
    PHASE_RELIEF: _ClassVar[Phase]
    PHASE_DUTY: _ClassVar[Phase]
    PHASE_RISK: _ClassVar[Phase]

class EffectKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EFFECT_KIND_UNSPECIFIED: _ClassVar[EffectKind]
    EFFECT_KIND_REACH: _ClassVar[EffectKind]
    EFFECT_KIND_REQUIRE: _ClassVar[EffectKind]
    EFFECT_KIND_PROHIBIT: _ClassVar[EffectKind]
    EFFECT_KIND_EXEMPT: _ClassVar[EffectKind]
    EFFECT_KIND_AUTHORIZE: _ClassVar[EffectKind]
    EFFECT_KIND_BAR: _ClassVar[EffectKind]
    EFFECT_KIND_REFER: _ClassVar[EffectKind]
    EFFECT_KIND_FLAG: _ClassVar[EffectKind]
    EFFECT_KIND_SCORE: _ClassVar[EffectKind]
    EFFECT_KIND_OBLIGE: _ClassVar[EffectKind]
DERIVATION_RELATION_UNSPECIFIED: DerivationRelation
DERIVATION_RELATION_IMPLEMENTS: DerivationRelation
DERIVATION_RELATION_EXTENDS: DerivationRelation
DERIVATION_RELATION_ALIGNED: DerivationRelation
DERIVATION_RELATION_OWN: DerivationRelation
REGIME_STANDING_UNSPECIFIED: RegimeStanding
REGIME_STANDING_MEMBER: RegimeStanding
REGIME_STANDING_ADHERENT: RegimeStanding
REGIME_STANDING_ALIGNED: RegimeStanding
REGIME_STANDING_NONE: RegimeStanding
PROVENANCE_UNSPECIFIED: Provenance
PROVENANCE_SOURCE: Provenance
PROVENANCE_MIXED: Provenance
PROVENANCE_RECALLED: Provenance
DISCLOSURE_UNSPECIFIED: Disclosure
DISCLOSURE_PUBLIC: Disclosure
DISCLOSURE_RESTRICTED: Disclosure
PHASE_UNSPECIFIED: Phase
PHASE_REACH: Phase
PHASE_CONTROL: Phase
PHASE_RELIEF: Phase
PHASE_DUTY: Phase
PHASE_RISK: Phase
EFFECT_KIND_UNSPECIFIED: EffectKind
EFFECT_KIND_REACH: EffectKind
EFFECT_KIND_REQUIRE: EffectKind
EFFECT_KIND_PROHIBIT: EffectKind
EFFECT_KIND_EXEMPT: EffectKind
EFFECT_KIND_AUTHORIZE: EffectKind
EFFECT_KIND_BAR: EffectKind
EFFECT_KIND_REFER: EffectKind
EFFECT_KIND_FLAG: EffectKind
EFFECT_KIND_SCORE: EffectKind
EFFECT_KIND_OBLIGE: EffectKind

class Derivation(_message.Message):
    __slots__ = ("regime", "regime_name", "relation", "entry", "standing")
    REGIME_FIELD_NUMBER: _ClassVar[int]
    REGIME_NAME_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    regime: str
    regime_name: str
    relation: DerivationRelation
    entry: str
    standing: RegimeStanding
    def __init__(self, regime: _Optional[str] = ..., regime_name: _Optional[str] = ..., relation: _Optional[_Union[DerivationRelation, str]] = ..., entry: _Optional[str] = ..., standing: _Optional[_Union[RegimeStanding, str]] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("derives_from", "cite", "in_force_from", "in_force_by", "provenance", "package_version", "location", "concept", "disclosure")
    DERIVES_FROM_FIELD_NUMBER: _ClassVar[int]
    CITE_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FROM_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_BY_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_VERSION_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    CONCEPT_FIELD_NUMBER: _ClassVar[int]
    DISCLOSURE_FIELD_NUMBER: _ClassVar[int]
    derives_from: _containers.RepeatedCompositeFieldContainer[Derivation]
    cite: str
    in_force_from: _date_pb2.Date
    in_force_by: str
    provenance: Provenance
    package_version: str
    location: str
    concept: str
    disclosure: Disclosure
    def __init__(self, derives_from: _Optional[_Iterable[_Union[Derivation, _Mapping]]] = ..., cite: _Optional[str] = ..., in_force_from: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., in_force_by: _Optional[str] = ..., provenance: _Optional[_Union[Provenance, str]] = ..., package_version: _Optional[str] = ..., location: _Optional[str] = ..., concept: _Optional[str] = ..., disclosure: _Optional[_Union[Disclosure, str]] = ...) -> None: ...
