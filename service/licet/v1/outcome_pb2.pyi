from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_NOT_SUBJECT: _ClassVar[Outcome]
    OUTCOME_NO_LICENSE_REQUIRED: _ClassVar[Outcome]
    OUTCOME_AUTHORIZED: _ClassVar[Outcome]
    OUTCOME_UNDETERMINED: _ClassVar[Outcome]
    OUTCOME_LICENSE_REQUIRED: _ClassVar[Outcome]
    OUTCOME_PROHIBITED: _ClassVar[Outcome]
    OUTCOME_NOT_COVERED: _ClassVar[Outcome]

class Disposition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPOSITION_UNSPECIFIED: _ClassVar[Disposition]
    DISPOSITION_PROCEED: _ClassVar[Disposition]
    DISPOSITION_HOLD: _ClassVar[Disposition]
    DISPOSITION_STOP: _ClassVar[Disposition]
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_NOT_SUBJECT: Outcome
OUTCOME_NO_LICENSE_REQUIRED: Outcome
OUTCOME_AUTHORIZED: Outcome
OUTCOME_UNDETERMINED: Outcome
OUTCOME_LICENSE_REQUIRED: Outcome
OUTCOME_PROHIBITED: Outcome
OUTCOME_NOT_COVERED: Outcome
DISPOSITION_UNSPECIFIED: Disposition
DISPOSITION_PROCEED: Disposition
DISPOSITION_HOLD: Disposition
DISPOSITION_STOP: Disposition
