import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.type import date_pb2 as _date_pb2
from licet.v1 import outcome_pb2 as _outcome_pb2
from licet.v1 import source_pb2 as _source_pb2
from licet.v1 import trace_pb2 as _trace_pb2
from licet.v1 import transaction_pb2 as _transaction_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RequirementKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REQUIREMENT_KIND_UNSPECIFIED: _ClassVar[RequirementKind]
    REQUIREMENT_KIND_LICENSE: _ClassVar[RequirementKind]
    REQUIREMENT_KIND_NOTIFICATION: _ClassVar[RequirementKind]

class ReviewPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REVIEW_POLICY_UNSPECIFIED: _ClassVar[ReviewPolicy]
    REVIEW_POLICY_DENIAL: _ClassVar[ReviewPolicy]
    REVIEW_POLICY_PRESUMPTION_OF_DENIAL: _ClassVar[ReviewPolicy]
    REVIEW_POLICY_CASE_BY_CASE: _ClassVar[ReviewPolicy]
    REVIEW_POLICY_PRESUMPTION_OF_APPROVAL: _ClassVar[ReviewPolicy]
    REVIEW_POLICY_UNSTATED: _ClassVar[ReviewPolicy]

class Derogation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEROGATION_UNSPECIFIED: _ClassVar[Derogation]
    DEROGATION_NONE: _ClassVar[Derogation]
    DEROGATION_AUTHORITY: _ClassVar[Derogation]

class AuthorizationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUTHORIZATION_STATE_UNSPECIFIED: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_OPEN: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_CLOSED_BY_NEED: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_BARRED: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_NOT_COVERING: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_POSSIBLE: _ClassVar[AuthorizationState]
    AUTHORIZATION_STATE_AVAILABLE_IF: _ClassVar[AuthorizationState]

class NeedState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEED_STATE_UNSPECIFIED: _ClassVar[NeedState]
    NEED_STATE_MET: _ClassVar[NeedState]
    NEED_STATE_TO_DO: _ClassVar[NeedState]
    NEED_STATE_REFUSED: _ClassVar[NeedState]

class Timing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIMING_UNSPECIFIED: _ClassVar[Timing]
    TIMING_BEFORE: _ClassVar[Timing]
    TIMING_AFTER: _ClassVar[Timing]
    TIMING_STANDING: _ClassVar[Timing]
REQUIREMENT_KIND_UNSPECIFIED: RequirementKind
REQUIREMENT_KIND_LICENSE: RequirementKind
REQUIREMENT_KIND_NOTIFICATION: RequirementKind
REVIEW_POLICY_UNSPECIFIED: ReviewPolicy
REVIEW_POLICY_DENIAL: ReviewPolicy
REVIEW_POLICY_PRESUMPTION_OF_DENIAL: ReviewPolicy
REVIEW_POLICY_CASE_BY_CASE: ReviewPolicy
REVIEW_POLICY_PRESUMPTION_OF_APPROVAL: ReviewPolicy
REVIEW_POLICY_UNSTATED: ReviewPolicy
DEROGATION_UNSPECIFIED: Derogation
DEROGATION_NONE: Derogation
DEROGATION_AUTHORITY: Derogation
AUTHORIZATION_STATE_UNSPECIFIED: AuthorizationState
AUTHORIZATION_STATE_OPEN: AuthorizationState
AUTHORIZATION_STATE_CLOSED_BY_NEED: AuthorizationState
AUTHORIZATION_STATE_BARRED: AuthorizationState
AUTHORIZATION_STATE_NOT_COVERING: AuthorizationState
AUTHORIZATION_STATE_POSSIBLE: AuthorizationState
AUTHORIZATION_STATE_AVAILABLE_IF: AuthorizationState
NEED_STATE_UNSPECIFIED: NeedState
NEED_STATE_MET: NeedState
NEED_STATE_TO_DO: NeedState
NEED_STATE_REFUSED: NeedState
TIMING_UNSPECIFIED: Timing
TIMING_BEFORE: Timing
TIMING_AFTER: Timing
TIMING_STANDING: Timing

class EvaluationSettings(_message.Message):
    __slots__ = ("screening_required", "screening_max_age_days")
    SCREENING_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    SCREENING_MAX_AGE_DAYS_FIELD_NUMBER: _ClassVar[int]
    screening_required: bool
    screening_max_age_days: int
    def __init__(self, screening_required: _Optional[bool] = ..., screening_max_age_days: _Optional[int] = ...) -> None: ...

class LimitUse(_message.Message):
    __slots__ = ("tree_size", "before", "used", "restricted")
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_FIELD_NUMBER: _ClassVar[int]
    tree_size: int
    before: _containers.RepeatedCompositeFieldContainer[_transaction_pb2.Usage]
    used: _containers.RepeatedCompositeFieldContainer[LimitUsed]
    restricted: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tree_size: _Optional[int] = ..., before: _Optional[_Iterable[_Union[_transaction_pb2.Usage, _Mapping]]] = ..., used: _Optional[_Iterable[_Union[LimitUsed, _Mapping]]] = ..., restricted: _Optional[_Iterable[str]] = ...) -> None: ...

class LimitUsed(_message.Message):
    __slots__ = ("authorization", "period", "code", "currency", "amount", "parties")
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    authorization: str
    period: str
    code: str
    currency: str
    amount: str
    parties: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, authorization: _Optional[str] = ..., period: _Optional[str] = ..., code: _Optional[str] = ..., currency: _Optional[str] = ..., amount: _Optional[str] = ..., parties: _Optional[_Iterable[str]] = ...) -> None: ...

class Proof(_message.Message):
    __slots__ = ("origin", "index", "checkpoint")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    origin: str
    index: int
    checkpoint: str
    def __init__(self, origin: _Optional[str] = ..., index: _Optional[int] = ..., checkpoint: _Optional[str] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("id", "request_id", "transaction_digest", "release", "engine", "language", "as_of", "decided_at", "settings", "proof", "result", "unrecorded", "limits")
    ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    UNRECORDED_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    id: str
    request_id: str
    transaction_digest: str
    release: str
    engine: str
    language: str
    as_of: _date_pb2.Date
    decided_at: _timestamp_pb2.Timestamp
    settings: EvaluationSettings
    proof: Proof
    result: Result
    unrecorded: bool
    limits: LimitUse
    def __init__(self, id: _Optional[str] = ..., request_id: _Optional[str] = ..., transaction_digest: _Optional[str] = ..., release: _Optional[str] = ..., engine: _Optional[str] = ..., language: _Optional[str] = ..., as_of: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., settings: _Optional[_Union[EvaluationSettings, _Mapping]] = ..., proof: _Optional[_Union[Proof, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ..., unrecorded: _Optional[bool] = ..., limits: _Optional[_Union[LimitUse, _Mapping]] = ...) -> None: ...

class Result(_message.Message):
    __slots__ = ("disposition", "reasons", "outcome", "jurisdictions", "determinations", "questions", "assumptions", "red_flags", "summary", "trace", "coverage")
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    JURISDICTIONS_FIELD_NUMBER: _ClassVar[int]
    DETERMINATIONS_FIELD_NUMBER: _ClassVar[int]
    QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    ASSUMPTIONS_FIELD_NUMBER: _ClassVar[int]
    RED_FLAGS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    disposition: _outcome_pb2.Disposition
    reasons: _containers.RepeatedCompositeFieldContainer[DispositionReason]
    outcome: _outcome_pb2.Outcome
    jurisdictions: _containers.RepeatedCompositeFieldContainer[JurisdictionResult]
    determinations: _containers.RepeatedCompositeFieldContainer[Determination]
    questions: _containers.RepeatedCompositeFieldContainer[Question]
    assumptions: _containers.RepeatedCompositeFieldContainer[Assumption]
    red_flags: _containers.RepeatedCompositeFieldContainer[RaisedFlag]
    summary: str
    trace: _trace_pb2.Trace
    coverage: _containers.RepeatedCompositeFieldContainer[Coverage]
    def __init__(self, disposition: _Optional[_Union[_outcome_pb2.Disposition, str]] = ..., reasons: _Optional[_Iterable[_Union[DispositionReason, _Mapping]]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., jurisdictions: _Optional[_Iterable[_Union[JurisdictionResult, _Mapping]]] = ..., determinations: _Optional[_Iterable[_Union[Determination, _Mapping]]] = ..., questions: _Optional[_Iterable[_Union[Question, _Mapping]]] = ..., assumptions: _Optional[_Iterable[_Union[Assumption, _Mapping]]] = ..., red_flags: _Optional[_Iterable[_Union[RaisedFlag, _Mapping]]] = ..., summary: _Optional[str] = ..., trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ..., coverage: _Optional[_Iterable[_Union[Coverage, _Mapping]]] = ...) -> None: ...

class DispositionReason(_message.Message):
    __slots__ = ("code", "text", "jurisdiction", "rule")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    jurisdiction: str
    rule: str
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., jurisdiction: _Optional[str] = ..., rule: _Optional[str] = ...) -> None: ...

class JurisdictionResult(_message.Message):
    __slots__ = ("jurisdiction", "name", "outcome", "competent_authority", "risk")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    COMPETENT_AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    name: str
    outcome: _outcome_pb2.Outcome
    competent_authority: str
    risk: Risk
    def __init__(self, jurisdiction: _Optional[str] = ..., name: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., competent_authority: _Optional[str] = ..., risk: _Optional[_Union[Risk, _Mapping]] = ...) -> None: ...

class Risk(_message.Message):
    __slots__ = ("tier", "score", "factors")
    TIER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    FACTORS_FIELD_NUMBER: _ClassVar[int]
    tier: str
    score: int
    factors: _containers.RepeatedCompositeFieldContainer[RiskFactor]
    def __init__(self, tier: _Optional[str] = ..., score: _Optional[int] = ..., factors: _Optional[_Iterable[_Union[RiskFactor, _Mapping]]] = ...) -> None: ...

class RiskFactor(_message.Message):
    __slots__ = ("factor", "points", "rule")
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    factor: str
    points: int
    rule: str
    def __init__(self, factor: _Optional[str] = ..., points: _Optional[int] = ..., rule: _Optional[str] = ...) -> None: ...

class Determination(_message.Message):
    __slots__ = ("jurisdiction", "instrument", "instrument_title", "item", "outcome", "floor", "ceiling", "nexus", "acts", "requirements", "prohibitions", "exemptions", "referrals", "authorizations", "licenses", "obligations", "steps")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENT_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENT_TITLE_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    CEILING_FIELD_NUMBER: _ClassVar[int]
    NEXUS_FIELD_NUMBER: _ClassVar[int]
    ACTS_FIELD_NUMBER: _ClassVar[int]
    REQUIREMENTS_FIELD_NUMBER: _ClassVar[int]
    PROHIBITIONS_FIELD_NUMBER: _ClassVar[int]
    EXEMPTIONS_FIELD_NUMBER: _ClassVar[int]
    REFERRALS_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATIONS_FIELD_NUMBER: _ClassVar[int]
    LICENSES_FIELD_NUMBER: _ClassVar[int]
    OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    instrument: str
    instrument_title: str
    item: str
    outcome: _outcome_pb2.Outcome
    floor: _outcome_pb2.Outcome
    ceiling: _outcome_pb2.Outcome
    nexus: _containers.RepeatedCompositeFieldContainer[Nexus]
    acts: _containers.RepeatedScalarFieldContainer[str]
    requirements: _containers.RepeatedCompositeFieldContainer[Requirement]
    prohibitions: _containers.RepeatedCompositeFieldContainer[Prohibition]
    exemptions: _containers.RepeatedCompositeFieldContainer[Exemption]
    referrals: _containers.RepeatedCompositeFieldContainer[Referral]
    authorizations: _containers.RepeatedCompositeFieldContainer[Authorization]
    licenses: _containers.RepeatedCompositeFieldContainer[HeldLicenseUse]
    obligations: _containers.RepeatedCompositeFieldContainer[Obligation]
    steps: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, jurisdiction: _Optional[str] = ..., instrument: _Optional[str] = ..., instrument_title: _Optional[str] = ..., item: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., floor: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., ceiling: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., nexus: _Optional[_Iterable[_Union[Nexus, _Mapping]]] = ..., acts: _Optional[_Iterable[str]] = ..., requirements: _Optional[_Iterable[_Union[Requirement, _Mapping]]] = ..., prohibitions: _Optional[_Iterable[_Union[Prohibition, _Mapping]]] = ..., exemptions: _Optional[_Iterable[_Union[Exemption, _Mapping]]] = ..., referrals: _Optional[_Iterable[_Union[Referral, _Mapping]]] = ..., authorizations: _Optional[_Iterable[_Union[Authorization, _Mapping]]] = ..., licenses: _Optional[_Iterable[_Union[HeldLicenseUse, _Mapping]]] = ..., obligations: _Optional[_Iterable[_Union[Obligation, _Mapping]]] = ..., steps: _Optional[_Iterable[str]] = ...) -> None: ...

class Nexus(_message.Message):
    __slots__ = ("limb", "rule", "verdict")
    LIMB_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    limb: str
    rule: str
    verdict: _trace_pb2.Verdict
    def __init__(self, limb: _Optional[str] = ..., rule: _Optional[str] = ..., verdict: _Optional[_Union[_trace_pb2.Verdict, str]] = ...) -> None: ...

class Requirement(_message.Message):
    __slots__ = ("basis", "title", "kind", "review", "rule", "source", "certain", "lifted_by")
    BASIS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CERTAIN_FIELD_NUMBER: _ClassVar[int]
    LIFTED_BY_FIELD_NUMBER: _ClassVar[int]
    basis: str
    title: str
    kind: RequirementKind
    review: ReviewPolicy
    rule: str
    source: _source_pb2.Source
    certain: bool
    lifted_by: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, basis: _Optional[str] = ..., title: _Optional[str] = ..., kind: _Optional[_Union[RequirementKind, str]] = ..., review: _Optional[_Union[ReviewPolicy, str]] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., certain: _Optional[bool] = ..., lifted_by: _Optional[_Iterable[str]] = ...) -> None: ...

class Prohibition(_message.Message):
    __slots__ = ("basis", "title", "derogation", "rule", "source", "certain", "lifted_by")
    BASIS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DEROGATION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CERTAIN_FIELD_NUMBER: _ClassVar[int]
    LIFTED_BY_FIELD_NUMBER: _ClassVar[int]
    basis: str
    title: str
    derogation: Derogation
    rule: str
    source: _source_pb2.Source
    certain: bool
    lifted_by: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, basis: _Optional[str] = ..., title: _Optional[str] = ..., derogation: _Optional[_Union[Derogation, str]] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., certain: _Optional[bool] = ..., lifted_by: _Optional[_Iterable[str]] = ...) -> None: ...

class Exemption(_message.Message):
    __slots__ = ("bases", "title", "rule", "source", "certain")
    BASES_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CERTAIN_FIELD_NUMBER: _ClassVar[int]
    bases: _containers.RepeatedScalarFieldContainer[str]
    title: str
    rule: str
    source: _source_pb2.Source
    certain: bool
    def __init__(self, bases: _Optional[_Iterable[str]] = ..., title: _Optional[str] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., certain: _Optional[bool] = ...) -> None: ...

class Referral(_message.Message):
    __slots__ = ("to", "rule", "source", "settled")
    TO_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    to: str
    rule: str
    source: _source_pb2.Source
    settled: bool
    def __init__(self, to: _Optional[str] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., settled: _Optional[bool] = ...) -> None: ...

class Authorization(_message.Message):
    __slots__ = ("id", "title", "jurisdiction", "covers", "state", "needs", "rule", "source", "barred_by", "missing")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BARRED_BY_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    jurisdiction: str
    covers: _containers.RepeatedScalarFieldContainer[str]
    state: AuthorizationState
    needs: _containers.RepeatedCompositeFieldContainer[Need]
    rule: str
    source: _source_pb2.Source
    barred_by: _containers.RepeatedScalarFieldContainer[str]
    missing: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., jurisdiction: _Optional[str] = ..., covers: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[AuthorizationState, str]] = ..., needs: _Optional[_Iterable[_Union[Need, _Mapping]]] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ..., barred_by: _Optional[_Iterable[str]] = ..., missing: _Optional[_Iterable[str]] = ...) -> None: ...

class Need(_message.Message):
    __slots__ = ("text", "timing", "state", "due", "cite")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    CITE_FIELD_NUMBER: _ClassVar[int]
    text: str
    timing: Timing
    state: NeedState
    due: str
    cite: str
    def __init__(self, text: _Optional[str] = ..., timing: _Optional[_Union[Timing, str]] = ..., state: _Optional[_Union[NeedState, str]] = ..., due: _Optional[str] = ..., cite: _Optional[str] = ...) -> None: ...

class HeldLicenseUse(_message.Message):
    __slots__ = ("number", "state", "why_not")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    number: str
    state: AuthorizationState
    why_not: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, number: _Optional[str] = ..., state: _Optional[_Union[AuthorizationState, str]] = ..., why_not: _Optional[_Iterable[str]] = ...) -> None: ...

class Obligation(_message.Message):
    __slots__ = ("text", "timing", "state", "due", "cite", "rule", "source")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    CITE_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    text: str
    timing: Timing
    state: NeedState
    due: str
    cite: str
    rule: str
    source: _source_pb2.Source
    def __init__(self, text: _Optional[str] = ..., timing: _Optional[_Union[Timing, str]] = ..., state: _Optional[_Union[NeedState, str]] = ..., due: _Optional[str] = ..., cite: _Optional[str] = ..., rule: _Optional[str] = ..., source: _Optional[_Union[_source_pb2.Source, _Mapping]] = ...) -> None: ...

class Question(_message.Message):
    __slots__ = ("path", "text", "detail", "closes_alone", "waiting", "rules", "jurisdictions")
    PATH_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    CLOSES_ALONE_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    JURISDICTIONS_FIELD_NUMBER: _ClassVar[int]
    path: str
    text: str
    detail: str
    closes_alone: bool
    waiting: int
    rules: _containers.RepeatedScalarFieldContainer[str]
    jurisdictions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, path: _Optional[str] = ..., text: _Optional[str] = ..., detail: _Optional[str] = ..., closes_alone: _Optional[bool] = ..., waiting: _Optional[int] = ..., rules: _Optional[_Iterable[str]] = ..., jurisdictions: _Optional[_Iterable[str]] = ...) -> None: ...

class Assumption(_message.Message):
    __slots__ = ("path", "statement", "value", "rules")
    PATH_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    path: str
    statement: str
    value: str
    rules: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, path: _Optional[str] = ..., statement: _Optional[str] = ..., value: _Optional[str] = ..., rules: _Optional[_Iterable[str]] = ...) -> None: ...

class RaisedFlag(_message.Message):
    __slots__ = ("id", "text", "cleared", "cleared_by", "how", "rule", "jurisdiction")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    CLEARED_BY_FIELD_NUMBER: _ClassVar[int]
    HOW_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    cleared: bool
    cleared_by: str
    how: str
    rule: str
    jurisdiction: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., cleared: _Optional[bool] = ..., cleared_by: _Optional[str] = ..., how: _Optional[str] = ..., rule: _Optional[str] = ..., jurisdiction: _Optional[str] = ...) -> None: ...

class Coverage(_message.Message):
    __slots__ = ("jurisdiction", "name", "version", "checked", "covers", "not_covered", "recalled", "not_covered_place", "note")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    NOT_COVERED_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    NOT_COVERED_PLACE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    name: str
    version: str
    checked: _date_pb2.Date
    covers: _containers.RepeatedScalarFieldContainer[str]
    not_covered: _containers.RepeatedScalarFieldContainer[str]
    recalled: _containers.RepeatedScalarFieldContainer[str]
    not_covered_place: bool
    note: str
    def __init__(self, jurisdiction: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., checked: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., covers: _Optional[_Iterable[str]] = ..., not_covered: _Optional[_Iterable[str]] = ..., recalled: _Optional[_Iterable[str]] = ..., not_covered_place: _Optional[bool] = ..., note: _Optional[str] = ...) -> None: ...
