import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from licet.v1 import decision_pb2 as _decision_pb2
from licet.v1 import outcome_pb2 as _outcome_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ActionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_KIND_UNSPECIFIED: _ClassVar[ActionKind]
    ACTION_KIND_OVERRIDE: _ClassVar[ActionKind]
    ACTION_KIND_RED_FLAG_CLEARANCE: _ClassVar[ActionKind]
    ACTION_KIND_DISPUTE: _ClassVar[ActionKind]
    ACTION_KIND_DISPUTE_RESOLUTION: _ClassVar[ActionKind]
    ACTION_KIND_WITHDRAWAL: _ClassVar[ActionKind]
    ACTION_KIND_LEGAL_HOLD: _ClassVar[ActionKind]
    ACTION_KIND_LEGAL_HOLD_RELEASE: _ClassVar[ActionKind]
    ACTION_KIND_ERASURE: _ClassVar[ActionKind]

class DisputeResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPUTE_RESULT_UNSPECIFIED: _ClassVar[DisputeResult]
    DISPUTE_RESULT_UPHELD: _ClassVar[DisputeResult]
    DISPUTE_RESULT_REJECTED: _ClassVar[DisputeResult]
ACTION_KIND_UNSPECIFIED: ActionKind
ACTION_KIND_OVERRIDE: ActionKind
ACTION_KIND_RED_FLAG_CLEARANCE: ActionKind
ACTION_KIND_DISPUTE: ActionKind
ACTION_KIND_DISPUTE_RESOLUTION: ActionKind
ACTION_KIND_WITHDRAWAL: ActionKind
ACTION_KIND_LEGAL_HOLD: ActionKind
ACTION_KIND_LEGAL_HOLD_RELEASE: ActionKind
ACTION_KIND_ERASURE: ActionKind
DISPUTE_RESULT_UNSPECIFIED: DisputeResult
DISPUTE_RESULT_UPHELD: DisputeResult
DISPUTE_RESULT_REJECTED: DisputeResult

class Officer(_message.Message):
    __slots__ = ("id", "name", "role")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    role: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., role: _Optional[str] = ...) -> None: ...

class Action(_message.Message):
    __slots__ = ("kind", "officer", "reason", "red_flag", "dispute", "result", "disposition")
    KIND_FIELD_NUMBER: _ClassVar[int]
    OFFICER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RED_FLAG_FIELD_NUMBER: _ClassVar[int]
    DISPUTE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    kind: ActionKind
    officer: Officer
    reason: str
    red_flag: str
    dispute: str
    result: DisputeResult
    disposition: _outcome_pb2.Disposition
    def __init__(self, kind: _Optional[_Union[ActionKind, str]] = ..., officer: _Optional[_Union[Officer, _Mapping]] = ..., reason: _Optional[str] = ..., red_flag: _Optional[str] = ..., dispute: _Optional[str] = ..., result: _Optional[_Union[DisputeResult, str]] = ..., disposition: _Optional[_Union[_outcome_pb2.Disposition, str]] = ...) -> None: ...

class RecordedAction(_message.Message):
    __slots__ = ("id", "decision_id", "action", "recorded_at", "proof", "leaf", "erased")
    ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    LEAF_FIELD_NUMBER: _ClassVar[int]
    ERASED_FIELD_NUMBER: _ClassVar[int]
    id: str
    decision_id: str
    action: Action
    recorded_at: _timestamp_pb2.Timestamp
    proof: _decision_pb2.Proof
    leaf: bytes
    erased: bool
    def __init__(self, id: _Optional[str] = ..., decision_id: _Optional[str] = ..., action: _Optional[_Union[Action, _Mapping]] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., proof: _Optional[_Union[_decision_pb2.Proof, _Mapping]] = ..., leaf: _Optional[bytes] = ..., erased: _Optional[bool] = ...) -> None: ...
