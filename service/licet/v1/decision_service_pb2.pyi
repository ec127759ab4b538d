import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from licet.v1 import action_pb2 as _action_pb2
from licet.v1 import decision_pb2 as _decision_pb2
from licet.v1 import licensing_service_pb2 as _licensing_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReplayVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPLAY_VERDICT_UNSPECIFIED: _ClassVar[ReplayVerdict]
    REPLAY_VERDICT_IDENTICAL: _ClassVar[ReplayVerdict]
    REPLAY_VERDICT_DIVERGED: _ClassVar[ReplayVerdict]
    REPLAY_VERDICT_IMPOSSIBLE: _ClassVar[ReplayVerdict]
REPLAY_VERDICT_UNSPECIFIED: ReplayVerdict
REPLAY_VERDICT_IDENTICAL: ReplayVerdict
REPLAY_VERDICT_DIVERGED: ReplayVerdict
REPLAY_VERDICT_IMPOSSIBLE: ReplayVerdict

class GetDecisionRequest(_message.Message):
    __slots__ = ("id", "audience")
    ID_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    id: str
    audience: _licensing_service_pb2.Audience
    def __init__(self, id: _Optional[str] = ..., audience: _Optional[_Union[_licensing_service_pb2.Audience, str]] = ...) -> None: ...

class GetDecisionResponse(_message.Message):
    __slots__ = ("decision", "request", "leaf", "actions", "erased")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    LEAF_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    ERASED_FIELD_NUMBER: _ClassVar[int]
    decision: _decision_pb2.Decision
    request: _licensing_service_pb2.EvaluateRequest
    leaf: bytes
    actions: _containers.RepeatedCompositeFieldContainer[_action_pb2.RecordedAction]
    erased: bool
    def __init__(self, decision: _Optional[_Union[_decision_pb2.Decision, _Mapping]] = ..., request: _Optional[_Union[_licensing_service_pb2.EvaluateRequest, _Mapping]] = ..., leaf: _Optional[bytes] = ..., actions: _Optional[_Iterable[_Union[_action_pb2.RecordedAction, _Mapping]]] = ..., erased: _Optional[bool] = ...) -> None: ...

class RecordActionRequest(_message.Message):
    __slots__ = ("decision_id", "action", "request_id")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    action: _action_pb2.Action
    request_id: str
    def __init__(self, decision_id: _Optional[str] = ..., action: _Optional[_Union[_action_pb2.Action, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RecordActionResponse(_message.Message):
    __slots__ = ("action",)
    ACTION_FIELD_NUMBER: _ClassVar[int]
    action: _action_pb2.RecordedAction
    def __init__(self, action: _Optional[_Union[_action_pb2.RecordedAction, _Mapping]] = ...) -> None: ...

class ListDecisionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDecisionsResponse(_message.Message):
    __slots__ = ("decisions", "next_page_token")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[DecisionSummary]
    next_page_token: str
    def __init__(self, decisions: _Optional[_Iterable[_Union[DecisionSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DecisionSummary(_message.Message):
    __slots__ = ("id", "index", "decided_at", "release", "as_of", "outcome", "disposition")
    ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    id: str
    index: int
    decided_at: _timestamp_pb2.Timestamp
    release: str
    as_of: str
    outcome: str
    disposition: str
    def __init__(self, id: _Optional[str] = ..., index: _Optional[int] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., release: _Optional[str] = ..., as_of: _Optional[str] = ..., outcome: _Optional[str] = ..., disposition: _Optional[str] = ...) -> None: ...

class ReplayDifference(_message.Message):
    __slots__ = ("path", "recorded", "recomputed", "rule", "facts")
    PATH_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    RECOMPUTED_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    path: str
    recorded: str
    recomputed: str
    rule: str
    facts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, path: _Optional[str] = ..., recorded: _Optional[str] = ..., recomputed: _Optional[str] = ..., rule: _Optional[str] = ..., facts: _Optional[_Iterable[str]] = ...) -> None: ...

class Replay(_message.Message):
    __slots__ = ("id", "index", "verdict", "difference", "why", "engine", "second_opinion")
    ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    SECOND_OPINION_FIELD_NUMBER: _ClassVar[int]
    id: str
    index: int
    verdict: ReplayVerdict
    difference: ReplayDifference
    why: str
    engine: str
    second_opinion: SecondOpinion
    def __init__(self, id: _Optional[str] = ..., index: _Optional[int] = ..., verdict: _Optional[_Union[ReplayVerdict, str]] = ..., difference: _Optional[_Union[ReplayDifference, _Mapping]] = ..., why: _Optional[str] = ..., engine: _Optional[str] = ..., second_opinion: _Optional[_Union[SecondOpinion, _Mapping]] = ...) -> None: ...

class SecondOpinion(_message.Message):
    __slots__ = ("engine", "findings", "confirmed", "taken", "contradicted", "not_available")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    CONTRADICTED_FIELD_NUMBER: _ClassVar[int]
    NOT_AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    engine: str
    findings: int
    confirmed: int
    taken: int
    contradicted: _containers.RepeatedScalarFieldContainer[str]
    not_available: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, engine: _Optional[str] = ..., findings: _Optional[int] = ..., confirmed: _Optional[int] = ..., taken: _Optional[int] = ..., contradicted: _Optional[_Iterable[str]] = ..., not_available: _Optional[_Iterable[str]] = ...) -> None: ...

class ReplayDecisionRequest(_message.Message):
    __slots__ = ("id", "audience", "second_opinion")
    ID_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    SECOND_OPINION_FIELD_NUMBER: _ClassVar[int]
    id: str
    audience: _licensing_service_pb2.Audience
    second_opinion: bool
    def __init__(self, id: _Optional[str] = ..., audience: _Optional[_Union[_licensing_service_pb2.Audience, str]] = ..., second_opinion: _Optional[bool] = ...) -> None: ...

class ReplayDecisionResponse(_message.Message):
    __slots__ = ("replay",)
    REPLAY_FIELD_NUMBER: _ClassVar[int]
    replay: Replay
    def __init__(self, replay: _Optional[_Union[Replay, _Mapping]] = ...) -> None: ...

class ReplayDecisionsRequest(_message.Message):
    __slots__ = ("first_index", "most", "audience", "second_opinion")
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    SECOND_OPINION_FIELD_NUMBER: _ClassVar[int]
    first_index: int
    most: int
    audience: _licensing_service_pb2.Audience
    second_opinion: bool
    def __init__(self, first_index: _Optional[int] = ..., most: _Optional[int] = ..., audience: _Optional[_Union[_licensing_service_pb2.Audience, str]] = ..., second_opinion: _Optional[bool] = ...) -> None: ...

class ReplayDecisionsResponse(_message.Message):
    __slots__ = ("replay", "done", "total")
    REPLAY_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    replay: Replay
    done: int
    total: int
    def __init__(self, replay: _Optional[_Union[Replay, _Mapping]] = ..., done: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class GetCheckpointRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCheckpointResponse(_message.Message):
    __slots__ = ("checkpoint", "public_key")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    checkpoint: str
    public_key: str
    def __init__(self, checkpoint: _Optional[str] = ..., public_key: _Optional[str] = ...) -> None: ...

class GetInclusionProofRequest(_message.Message):
    __slots__ = ("index", "tree_size")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    index: int
    tree_size: int
    def __init__(self, index: _Optional[int] = ..., tree_size: _Optional[int] = ...) -> None: ...

class GetInclusionProofResponse(_message.Message):
    __slots__ = ("index", "tree_size", "leaf_hash", "hashes", "checkpoint")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    HASHES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    index: int
    tree_size: int
    leaf_hash: bytes
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoint: str
    def __init__(self, index: _Optional[int] = ..., tree_size: _Optional[int] = ..., leaf_hash: _Optional[bytes] = ..., hashes: _Optional[_Iterable[bytes]] = ..., checkpoint: _Optional[str] = ...) -> None: ...

class GetConsistencyProofRequest(_message.Message):
    __slots__ = ("first_tree_size", "second_tree_size")
    FIRST_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SECOND_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    first_tree_size: int
    second_tree_size: int
    def __init__(self, first_tree_size: _Optional[int] = ..., second_tree_size: _Optional[int] = ...) -> None: ...

class GetConsistencyProofResponse(_message.Message):
    __slots__ = ("first_tree_size", "second_tree_size", "hashes", "checkpoint")
    FIRST_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SECOND_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    HASHES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    first_tree_size: int
    second_tree_size: int
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoint: str
    def __init__(self, first_tree_size: _Optional[int] = ..., second_tree_size: _Optional[int] = ..., hashes: _Optional[_Iterable[bytes]] = ..., checkpoint: _Optional[str] = ...) -> None: ...
