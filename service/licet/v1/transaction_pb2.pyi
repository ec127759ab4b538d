from google.type import date_pb2 as _date_pb2
from google.type import decimal_pb2 as _decimal_pb2
from google.type import money_pb2 as _money_pb2
from licet.v1 import outcome_pb2 as _outcome_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Activity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTIVITY_UNSPECIFIED: _ClassVar[Activity]
    ACTIVITY_EXPORT: _ClassVar[Activity]
    ACTIVITY_REEXPORT: _ClassVar[Activity]
    ACTIVITY_IN_COUNTRY_TRANSFER: _ClassVar[Activity]
    ACTIVITY_INTRA_UNION_TRANSFER: _ClassVar[Activity]
    ACTIVITY_TRANSIT: _ClassVar[Activity]
    ACTIVITY_IMPORT: _ClassVar[Activity]
    ACTIVITY_DEEMED_EXPORT: _ClassVar[Activity]
    ACTIVITY_DEEMED_REEXPORT: _ClassVar[Activity]
    ACTIVITY_TECHNICAL_ASSISTANCE: _ClassVar[Activity]
    ACTIVITY_BROKERING: _ClassVar[Activity]

class PartyRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTY_ROLE_UNSPECIFIED: _ClassVar[PartyRole]
    PARTY_ROLE_EXPORTER: _ClassVar[PartyRole]
    PARTY_ROLE_SELLER: _ClassVar[PartyRole]
    PARTY_ROLE_FREIGHT_FORWARDER: _ClassVar[PartyRole]
    PARTY_ROLE_CARRIER: _ClassVar[PartyRole]
    PARTY_ROLE_BROKER: _ClassVar[PartyRole]
    PARTY_ROLE_INTERMEDIATE_CONSIGNEE: _ClassVar[PartyRole]
    PARTY_ROLE_ULTIMATE_CONSIGNEE: _ClassVar[PartyRole]
    PARTY_ROLE_PURCHASER: _ClassVar[PartyRole]
    PARTY_ROLE_END_USER: _ClassVar[PartyRole]
    PARTY_ROLE_RECIPIENT: _ClassVar[PartyRole]
    PARTY_ROLE_BANK: _ClassVar[PartyRole]

class PartyRelation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTY_RELATION_UNSPECIFIED: _ClassVar[PartyRelation]
    PARTY_RELATION_NONE: _ClassVar[PartyRelation]
    PARTY_RELATION_CONTROLLED: _ClassVar[PartyRelation]
    PARTY_RELATION_CONTROLS: _ClassVar[PartyRelation]
    PARTY_RELATION_SISTER: _ClassVar[PartyRelation]

class ListingRelation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LISTING_RELATION_UNSPECIFIED: _ClassVar[ListingRelation]
    LISTING_RELATION_SELF: _ClassVar[ListingRelation]
    LISTING_RELATION_ALIAS: _ClassVar[ListingRelation]
    LISTING_RELATION_FACILITY_OR_BRANCH: _ClassVar[ListingRelation]
    LISTING_RELATION_OWNED: _ClassVar[ListingRelation]

class Purpose(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PURPOSE_UNSPECIFIED: _ClassVar[Purpose]
    PURPOSE_CIVIL: _ClassVar[Purpose]
    PURPOSE_MILITARY_ITEM_PRODUCTION: _ClassVar[Purpose]
    PURPOSE_MILITARY_OTHER: _ClassVar[Purpose]
    PURPOSE_MILITARY_INTELLIGENCE: _ClassVar[Purpose]
    PURPOSE_NUCLEAR_EXPLOSIVE: _ClassVar[Purpose]
    PURPOSE_NUCLEAR_FUEL_CYCLE: _ClassVar[Purpose]
    PURPOSE_NUCLEAR_CIVIL: _ClassVar[Purpose]
    PURPOSE_MARITIME_NUCLEAR_PROPULSION: _ClassVar[Purpose]
    PURPOSE_MISSILE_WMD_DELIVERY: _ClassVar[Purpose]
    PURPOSE_MISSILE_OR_UAV_300KM: _ClassVar[Purpose]
    PURPOSE_MISSILE_OR_UAV_OTHER: _ClassVar[Purpose]
    PURPOSE_CHEMICAL_OR_BIOLOGICAL: _ClassVar[Purpose]
    PURPOSE_INTERNAL_REPRESSION: _ClassVar[Purpose]
    PURPOSE_CYBER_SURVEILLANCE: _ClassVar[Purpose]
    PURPOSE_ADVANCED_COMPUTING: _ClassVar[Purpose]
    PURPOSE_SUPERCOMPUTER: _ClassVar[Purpose]
    PURPOSE_ADVANCED_NODE_SEMICONDUCTOR: _ClassVar[Purpose]
    PURPOSE_SEMICONDUCTOR_OTHER: _ClassVar[Purpose]
    PURPOSE_SPACE: _ClassVar[Purpose]
    PURPOSE_DIVERSION: _ClassVar[Purpose]
    PURPOSE_LAW_ENFORCEMENT: _ClassVar[Purpose]
    PURPOSE_MEDICAL: _ClassVar[Purpose]
    PURPOSE_HUMANITARIAN: _ClassVar[Purpose]
    PURPOSE_MEDIA_OR_TELECOM_SUPPORT: _ClassVar[Purpose]

class Knowledge(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KNOWLEDGE_UNSPECIFIED: _ClassVar[Knowledge]
    KNOWLEDGE_NONE: _ClassVar[Knowledge]
    KNOWLEDGE_SUSPECTED: _ClassVar[Knowledge]
    KNOWLEDGE_AWARE: _ClassVar[Knowledge]
    KNOWLEDGE_INFORMED_BY_AUTHORITY: _ClassVar[Knowledge]

class ItemKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ITEM_KIND_UNSPECIFIED: _ClassVar[ItemKind]
    ITEM_KIND_COMMODITY: _ClassVar[ItemKind]
    ITEM_KIND_SOFTWARE: _ClassVar[ItemKind]
    ITEM_KIND_TECHNOLOGY: _ClassVar[ItemKind]
    ITEM_KIND_SERVICE: _ClassVar[ItemKind]

class Goods(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GOODS_UNSPECIFIED: _ClassVar[Goods]
    GOODS_FOOD: _ClassVar[Goods]
    GOODS_MEDICINE: _ClassVar[Goods]
    GOODS_MEDICAL_DEVICE: _ClassVar[Goods]
    GOODS_AGRICULTURAL: _ClassVar[Goods]
    GOODS_CONSUMER_DEVICE: _ClassVar[Goods]
    GOODS_PERSONAL_EFFECTS: _ClassVar[Goods]
    GOODS_TOOLS_OF_TRADE: _ClassVar[Goods]
    GOODS_GIFT_PARCEL: _ClassVar[Goods]
    GOODS_INFORMATIONAL_MATERIAL: _ClassVar[Goods]
    GOODS_SHIP_OR_AIRCRAFT_STORES: _ClassVar[Goods]

class HoldingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLDING_STATUS_UNSPECIFIED: _ClassVar[HoldingStatus]
    HOLDING_STATUS_HELD: _ClassVar[HoldingStatus]
    HOLDING_STATUS_REQUESTED: _ClassVar[HoldingStatus]
    HOLDING_STATUS_NOT_HELD: _ClassVar[HoldingStatus]

class DirectProductSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECT_PRODUCT_SOURCE_UNSPECIFIED: _ClassVar[DirectProductSource]
    DIRECT_PRODUCT_SOURCE_TECHNOLOGY: _ClassVar[DirectProductSource]
    DIRECT_PRODUCT_SOURCE_SOFTWARE: _ClassVar[DirectProductSource]
    DIRECT_PRODUCT_SOURCE_PLANT: _ClassVar[DirectProductSource]
    DIRECT_PRODUCT_SOURCE_EQUIPMENT: _ClassVar[DirectProductSource]

class Business(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BUSINESS_UNSPECIFIED: _ClassVar[Business]
    BUSINESS_MANUFACTURER: _ClassVar[Business]
    BUSINESS_TRADER: _ClassVar[Business]
    BUSINESS_RETAILER: _ClassVar[Business]
    BUSINESS_LOGISTICS: _ClassVar[Business]
    BUSINESS_FINANCIAL_INSTITUTION: _ClassVar[Business]
    BUSINESS_RESEARCH_INSTITUTION: _ClassVar[Business]
    BUSINESS_HEALTH_CARE: _ClassVar[Business]
    BUSINESS_TELECOM_OPERATOR: _ClassVar[Business]
    BUSINESS_DATA_CENTER: _ClassVar[Business]
    BUSINESS_SEMICONDUCTOR_FABRICATOR: _ClassVar[Business]
    BUSINESS_NON_GOVERNMENTAL_ORGANIZATION: _ClassVar[Business]
    BUSINESS_INDIVIDUAL: _ClassVar[Business]
    BUSINESS_OTHER_SERVICES: _ClassVar[Business]
ACTIVITY_UNSPECIFIED: Activity
ACTIVITY_EXPORT: Activity
ACTIVITY_REEXPORT: Activity
ACTIVITY_IN_COUNTRY_TRANSFER: Activity
ACTIVITY_INTRA_UNION_TRANSFER: Activity
ACTIVITY_TRANSIT: Activity
ACTIVITY_IMPORT: Activity
ACTIVITY_DEEMED_EXPORT: Activity
ACTIVITY_DEEMED_REEXPORT: Activity
ACTIVITY_TECHNICAL_ASSISTANCE: Activity
ACTIVITY_BROKERING: Activity
PARTY_ROLE_UNSPECIFIED: PartyRole
PARTY_ROLE_EXPORTER: PartyRole
PARTY_ROLE_SELLER: PartyRole
PARTY_ROLE_FREIGHT_FORWARDER: PartyRole
PARTY_ROLE_CARRIER: PartyRole
PARTY_ROLE_BROKER: PartyRole
PARTY_ROLE_INTERMEDIATE_CONSIGNEE: PartyRole
PARTY_ROLE_ULTIMATE_CONSIGNEE: PartyRole
PARTY_ROLE_PURCHASER: PartyRole
PARTY_ROLE_END_USER: PartyRole
PARTY_ROLE_RECIPIENT: PartyRole
PARTY_ROLE_BANK: PartyRole
PARTY_RELATION_UNSPECIFIED: PartyRelation
PARTY_RELATION_NONE: PartyRelation
PARTY_RELATION_CONTROLLED: PartyRelation
PARTY_RELATION_CONTROLS: PartyRelation
PARTY_RELATION_SISTER: PartyRelation
LISTING_RELATION_UNSPECIFIED: ListingRelation
LISTING_RELATION_SELF: ListingRelation
LISTING_RELATION_ALIAS: ListingRelation
LISTING_RELATION_FACILITY_OR_BRANCH: ListingRelation
LISTING_RELATION_OWNED: ListingRelation
PURPOSE_UNSPECIFIED: Purpose
PURPOSE_CIVIL: Purpose
PURPOSE_MILITARY_ITEM_PRODUCTION: Purpose
PURPOSE_MILITARY_OTHER: Purpose
PURPOSE_MILITARY_INTELLIGENCE: Purpose
PURPOSE_NUCLEAR_EXPLOSIVE: Purpose
PURPOSE_NUCLEAR_FUEL_CYCLE: Purpose
PURPOSE_NUCLEAR_CIVIL: Purpose
PURPOSE_MARITIME_NUCLEAR_PROPULSION: Purpose
PURPOSE_MISSILE_WMD_DELIVERY: Purpose
PURPOSE_MISSILE_OR_UAV_300KM: Purpose
PURPOSE_MISSILE_OR_UAV_OTHER: Purpose
PURPOSE_CHEMICAL_OR_BIOLOGICAL: Purpose
PURPOSE_INTERNAL_REPRESSION: Purpose
PURPOSE_CYBER_SURVEILLANCE: Purpose
PURPOSE_ADVANCED_COMPUTING: Purpose
PURPOSE_SUPERCOMPUTER: Purpose
PURPOSE_ADVANCED_NODE_SEMICONDUCTOR: Purpose
PURPOSE_SEMICONDUCTOR_OTHER: Purpose
PURPOSE_SPACE: Purpose
PURPOSE_DIVERSION: Purpose
PURPOSE_LAW_ENFORCEMENT: Purpose
PURPOSE_MEDICAL: Purpose
PURPOSE_HUMANITARIAN: Purpose
PURPOSE_MEDIA_OR_TELECOM_SUPPORT: Purpose
KNOWLEDGE_UNSPECIFIED: Knowledge
KNOWLEDGE_NONE: Knowledge
KNOWLEDGE_SUSPECTED: Knowledge
KNOWLEDGE_AWARE: Knowledge
KNOWLEDGE_INFORMED_BY_AUTHORITY: Knowledge
ITEM_KIND_UNSPECIFIED: ItemKind
ITEM_KIND_COMMODITY: ItemKind
ITEM_KIND_SOFTWARE: ItemKind
ITEM_KIND_TECHNOLOGY: ItemKind
ITEM_KIND_SERVICE: ItemKind
GOODS_UNSPECIFIED: Goods
GOODS_FOOD: Goods
GOODS_MEDICINE: Goods
GOODS_MEDICAL_DEVICE: Goods
GOODS_AGRICULTURAL: Goods
GOODS_CONSUMER_DEVICE: Goods
GOODS_PERSONAL_EFFECTS: Goods
GOODS_TOOLS_OF_TRADE: Goods
GOODS_GIFT_PARCEL: Goods
GOODS_INFORMATIONAL_MATERIAL: Goods
GOODS_SHIP_OR_AIRCRAFT_STORES: Goods
HOLDING_STATUS_UNSPECIFIED: HoldingStatus
HOLDING_STATUS_HELD: HoldingStatus
HOLDING_STATUS_REQUESTED: HoldingStatus
HOLDING_STATUS_NOT_HELD: HoldingStatus
DIRECT_PRODUCT_SOURCE_UNSPECIFIED: DirectProductSource
DIRECT_PRODUCT_SOURCE_TECHNOLOGY: DirectProductSource
DIRECT_PRODUCT_SOURCE_SOFTWARE: DirectProductSource
DIRECT_PRODUCT_SOURCE_PLANT: DirectProductSource
DIRECT_PRODUCT_SOURCE_EQUIPMENT: DirectProductSource
BUSINESS_UNSPECIFIED: Business
BUSINESS_MANUFACTURER: Business
BUSINESS_TRADER: Business
BUSINESS_RETAILER: Business
BUSINESS_LOGISTICS: Business
BUSINESS_FINANCIAL_INSTITUTION: Business
BUSINESS_RESEARCH_INSTITUTION: Business
BUSINESS_HEALTH_CARE: Business
BUSINESS_TELECOM_OPERATOR: Business
BUSINESS_DATA_CENTER: Business
BUSINESS_SEMICONDUCTOR_FABRICATOR: Business
BUSINESS_NON_GOVERNMENTAL_ORGANIZATION: Business
BUSINESS_INDIVIDUAL: Business
BUSINESS_OTHER_SERVICES: Business

class Place(_message.Message):
    __slots__ = ("country", "region", "free_zone")
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    FREE_ZONE_FIELD_NUMBER: _ClassVar[int]
    country: str
    region: str
    free_zone: str
    def __init__(self, country: _Optional[str] = ..., region: _Optional[str] = ..., free_zone: _Optional[str] = ...) -> None: ...

class Codes(_message.Message):
    __slots__ = ("codes",)
    CODES_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, codes: _Optional[_Iterable[str]] = ...) -> None: ...

class Fact(_message.Message):
    __slots__ = ("bool_value", "decimal_value", "string_value", "date_value", "place_value", "code_value", "codes_value")
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    DECIMAL_VALUE_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    DATE_VALUE_FIELD_NUMBER: _ClassVar[int]
    PLACE_VALUE_FIELD_NUMBER: _ClassVar[int]
    CODE_VALUE_FIELD_NUMBER: _ClassVar[int]
    CODES_VALUE_FIELD_NUMBER: _ClassVar[int]
    bool_value: bool
    decimal_value: _decimal_pb2.Decimal
    string_value: str
    date_value: _date_pb2.Date
    place_value: Place
    code_value: str
    codes_value: Codes
    def __init__(self, bool_value: _Optional[bool] = ..., decimal_value: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., string_value: _Optional[str] = ..., date_value: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., place_value: _Optional[_Union[Place, _Mapping]] = ..., code_value: _Optional[str] = ..., codes_value: _Optional[_Union[Codes, _Mapping]] = ...) -> None: ...

class Classification(_message.Message):
    __slots__ = ("codes", "as_of", "by")
    CODES_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    codes: _containers.RepeatedScalarFieldContainer[str]
    as_of: _date_pb2.Date
    by: str
    def __init__(self, codes: _Optional[_Iterable[str]] = ..., as_of: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., by: _Optional[str] = ...) -> None: ...

class Party(_message.Message):
    __slots__ = ("reference", "roles", "name", "address", "country", "region", "established_in", "identifiers", "citizenships", "permanent_residences", "birth_country", "headquarters", "ultimate_parent_country", "owners", "relation", "listings", "screened_on", "military", "military_intelligence", "police_or_security", "government", "business")
    class CountryTie(_message.Message):
        __slots__ = ("country", "since")
        COUNTRY_FIELD_NUMBER: _ClassVar[int]
        SINCE_FIELD_NUMBER: _ClassVar[int]
        country: str
        since: _date_pb2.Date
        def __init__(self, country: _Optional[str] = ..., since: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...
    class Listing(_message.Message):
        __slots__ = ("list", "entry", "footnotes", "scope", "policy", "relation")
        LIST_FIELD_NUMBER: _ClassVar[int]
        ENTRY_FIELD_NUMBER: _ClassVar[int]
        FOOTNOTES_FIELD_NUMBER: _ClassVar[int]
        SCOPE_FIELD_NUMBER: _ClassVar[int]
        POLICY_FIELD_NUMBER: _ClassVar[int]
        RELATION_FIELD_NUMBER: _ClassVar[int]
        list: str
        entry: str
        footnotes: _containers.RepeatedScalarFieldContainer[str]
        scope: str
        policy: str
        relation: ListingRelation
        def __init__(self, list: _Optional[str] = ..., entry: _Optional[str] = ..., footnotes: _Optional[_Iterable[str]] = ..., scope: _Optional[str] = ..., policy: _Optional[str] = ..., relation: _Optional[_Union[ListingRelation, str]] = ...) -> None: ...
    class Owner(_message.Message):
        __slots__ = ("name", "country", "percent", "listings")
        NAME_FIELD_NUMBER: _ClassVar[int]
        COUNTRY_FIELD_NUMBER: _ClassVar[int]
        PERCENT_FIELD_NUMBER: _ClassVar[int]
        LISTINGS_FIELD_NUMBER: _ClassVar[int]
        name: str
        country: str
        percent: _decimal_pb2.Decimal
        listings: _containers.RepeatedCompositeFieldContainer[Party.Listing]
        def __init__(self, name: _Optional[str] = ..., country: _Optional[str] = ..., percent: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., listings: _Optional[_Iterable[_Union[Party.Listing, _Mapping]]] = ...) -> None: ...
    class IdentifiersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    ESTABLISHED_IN_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIERS_FIELD_NUMBER: _ClassVar[int]
    CITIZENSHIPS_FIELD_NUMBER: _ClassVar[int]
    PERMANENT_RESIDENCES_FIELD_NUMBER: _ClassVar[int]
    BIRTH_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    HEADQUARTERS_FIELD_NUMBER: _ClassVar[int]
    ULTIMATE_PARENT_COUNTRY_FIELD_NUMBER: _ClassVar[int]
    OWNERS_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    LISTINGS_FIELD_NUMBER: _ClassVar[int]
    SCREENED_ON_FIELD_NUMBER: _ClassVar[int]
    MILITARY_FIELD_NUMBER: _ClassVar[int]
    MILITARY_INTELLIGENCE_FIELD_NUMBER: _ClassVar[int]
    POLICE_OR_SECURITY_FIELD_NUMBER: _ClassVar[int]
    GOVERNMENT_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_FIELD_NUMBER: _ClassVar[int]
    reference: str
    roles: _containers.RepeatedScalarFieldContainer[PartyRole]
    name: str
    address: str
    country: str
    region: str
    established_in: str
    identifiers: _containers.ScalarMap[str, str]
    citizenships: _containers.RepeatedCompositeFieldContainer[Party.CountryTie]
    permanent_residences: _containers.RepeatedCompositeFieldContainer[Party.CountryTie]
    birth_country: str
    headquarters: str
    ultimate_parent_country: str
    owners: _containers.RepeatedCompositeFieldContainer[Party.Owner]
    relation: PartyRelation
    listings: _containers.RepeatedCompositeFieldContainer[Party.Listing]
    screened_on: _date_pb2.Date
    military: bool
    military_intelligence: bool
    police_or_security: bool
    government: bool
    business: Business
    def __init__(self, reference: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[PartyRole, str]]] = ..., name: _Optional[str] = ..., address: _Optional[str] = ..., country: _Optional[str] = ..., region: _Optional[str] = ..., established_in: _Optional[str] = ..., identifiers: _Optional[_Mapping[str, str]] = ..., citizenships: _Optional[_Iterable[_Union[Party.CountryTie, _Mapping]]] = ..., permanent_residences: _Optional[_Iterable[_Union[Party.CountryTie, _Mapping]]] = ..., birth_country: _Optional[str] = ..., headquarters: _Optional[str] = ..., ultimate_parent_country: _Optional[str] = ..., owners: _Optional[_Iterable[_Union[Party.Owner, _Mapping]]] = ..., relation: _Optional[_Union[PartyRelation, str]] = ..., listings: _Optional[_Iterable[_Union[Party.Listing, _Mapping]]] = ..., screened_on: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., military: _Optional[bool] = ..., military_intelligence: _Optional[bool] = ..., police_or_security: _Optional[bool] = ..., government: _Optional[bool] = ..., business: _Optional[_Union[Business, str]] = ...) -> None: ...

class EndUse(_message.Message):
    __slots__ = ("purposes", "concerns", "description", "place_of_use", "temporary", "return_date")
    class Concern(_message.Message):
        __slots__ = ("purpose", "knowledge", "legal_basis", "authority", "date", "reference", "covers")
        PURPOSE_FIELD_NUMBER: _ClassVar[int]
        KNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
        LEGAL_BASIS_FIELD_NUMBER: _ClassVar[int]
        AUTHORITY_FIELD_NUMBER: _ClassVar[int]
        DATE_FIELD_NUMBER: _ClassVar[int]
        REFERENCE_FIELD_NUMBER: _ClassVar[int]
        COVERS_FIELD_NUMBER: _ClassVar[int]
        purpose: Purpose
        knowledge: Knowledge
        legal_basis: str
        authority: str
        date: _date_pb2.Date
        reference: str
        covers: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, purpose: _Optional[_Union[Purpose, str]] = ..., knowledge: _Optional[_Union[Knowledge, str]] = ..., legal_basis: _Optional[str] = ..., authority: _Optional[str] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., reference: _Optional[str] = ..., covers: _Optional[_Iterable[str]] = ...) -> None: ...
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    CONCERNS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PLACE_OF_USE_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_FIELD_NUMBER: _ClassVar[int]
    RETURN_DATE_FIELD_NUMBER: _ClassVar[int]
    purposes: _containers.RepeatedScalarFieldContainer[Purpose]
    concerns: _containers.RepeatedCompositeFieldContainer[EndUse.Concern]
    description: str
    place_of_use: Place
    temporary: bool
    return_date: _date_pb2.Date
    def __init__(self, purposes: _Optional[_Iterable[_Union[Purpose, str]]] = ..., concerns: _Optional[_Iterable[_Union[EndUse.Concern, _Mapping]]] = ..., description: _Optional[str] = ..., place_of_use: _Optional[_Union[Place, _Mapping]] = ..., temporary: _Optional[bool] = ..., return_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("line", "description", "kind", "classifications", "quantity", "unit", "value", "country_of_origin", "controlled_content_percent", "incorporates", "direct_product_of", "for_items", "goods", "published", "fundamental_research", "mass_market", "technical", "circumstances", "previously_exported_under")
    class Component(_message.Message):
        __slots__ = ("classifications", "origin", "percent", "principal_element", "description")
        class ClassificationsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: Classification
            def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Classification, _Mapping]] = ...) -> None: ...
        CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
        ORIGIN_FIELD_NUMBER: _ClassVar[int]
        PERCENT_FIELD_NUMBER: _ClassVar[int]
        PRINCIPAL_ELEMENT_FIELD_NUMBER: _ClassVar[int]
        DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
        classifications: _containers.MessageMap[str, Classification]
        origin: str
        percent: _decimal_pb2.Decimal
        principal_element: bool
        description: str
        def __init__(self, classifications: _Optional[_Mapping[str, Classification]] = ..., origin: _Optional[str] = ..., percent: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., principal_element: _Optional[bool] = ..., description: _Optional[str] = ...) -> None: ...
    class DirectProduct(_message.Message):
        __slots__ = ("source", "classifications", "country")
        class ClassificationsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: Classification
            def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Classification, _Mapping]] = ...) -> None: ...
        SOURCE_FIELD_NUMBER: _ClassVar[int]
        CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
        COUNTRY_FIELD_NUMBER: _ClassVar[int]
        source: DirectProductSource
        classifications: _containers.MessageMap[str, Classification]
        country: str
        def __init__(self, source: _Optional[_Union[DirectProductSource, str]] = ..., classifications: _Optional[_Mapping[str, Classification]] = ..., country: _Optional[str] = ...) -> None: ...
    class ForItem(_message.Message):
        __slots__ = ("classifications", "line", "description")
        class ClassificationsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: Classification
            def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Classification, _Mapping]] = ...) -> None: ...
        CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
        LINE_FIELD_NUMBER: _ClassVar[int]
        DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
        classifications: _containers.MessageMap[str, Classification]
        line: str
        description: str
        def __init__(self, classifications: _Optional[_Mapping[str, Classification]] = ..., line: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...
    class ClassificationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Classification
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Classification, _Mapping]] = ...) -> None: ...
    class ControlledContentPercentEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _decimal_pb2.Decimal
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ...) -> None: ...
    class TechnicalEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Fact
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Fact, _Mapping]] = ...) -> None: ...
    class CircumstancesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Fact
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Fact, _Mapping]] = ...) -> None: ...
    LINE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_OF_ORIGIN_FIELD_NUMBER: _ClassVar[int]
    CONTROLLED_CONTENT_PERCENT_FIELD_NUMBER: _ClassVar[int]
    INCORPORATES_FIELD_NUMBER: _ClassVar[int]
    DIRECT_PRODUCT_OF_FIELD_NUMBER: _ClassVar[int]
    FOR_ITEMS_FIELD_NUMBER: _ClassVar[int]
    GOODS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_FIELD_NUMBER: _ClassVar[int]
    FUNDAMENTAL_RESEARCH_FIELD_NUMBER: _ClassVar[int]
    MASS_MARKET_FIELD_NUMBER: _ClassVar[int]
    TECHNICAL_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    PREVIOUSLY_EXPORTED_UNDER_FIELD_NUMBER: _ClassVar[int]
    line: str
    description: str
    kind: ItemKind
    classifications: _containers.MessageMap[str, Classification]
    quantity: _decimal_pb2.Decimal
    unit: str
    value: _money_pb2.Money
    country_of_origin: str
    controlled_content_percent: _containers.MessageMap[str, _decimal_pb2.Decimal]
    incorporates: _containers.RepeatedCompositeFieldContainer[Item.Component]
    direct_product_of: _containers.RepeatedCompositeFieldContainer[Item.DirectProduct]
    for_items: _containers.RepeatedCompositeFieldContainer[Item.ForItem]
    goods: _containers.RepeatedScalarFieldContainer[Goods]
    published: bool
    fundamental_research: bool
    mass_market: bool
    technical: _containers.MessageMap[str, Fact]
    circumstances: _containers.MessageMap[str, Fact]
    previously_exported_under: str
    def __init__(self, line: _Optional[str] = ..., description: _Optional[str] = ..., kind: _Optional[_Union[ItemKind, str]] = ..., classifications: _Optional[_Mapping[str, Classification]] = ..., quantity: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., unit: _Optional[str] = ..., value: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., country_of_origin: _Optional[str] = ..., controlled_content_percent: _Optional[_Mapping[str, _decimal_pb2.Decimal]] = ..., incorporates: _Optional[_Iterable[_Union[Item.Component, _Mapping]]] = ..., direct_product_of: _Optional[_Iterable[_Union[Item.DirectProduct, _Mapping]]] = ..., for_items: _Optional[_Iterable[_Union[Item.ForItem, _Mapping]]] = ..., goods: _Optional[_Iterable[_Union[Goods, str]]] = ..., published: _Optional[bool] = ..., fundamental_research: _Optional[bool] = ..., mass_market: _Optional[bool] = ..., technical: _Optional[_Mapping[str, Fact]] = ..., circumstances: _Optional[_Mapping[str, Fact]] = ..., previously_exported_under: _Optional[str] = ...) -> None: ...

class HeldLicense(_message.Message):
    __slots__ = ("jurisdiction", "instrument", "number", "bases", "codes", "destinations", "parties", "purposes", "valid_from", "valid_to", "value_left", "quantity_left", "unit", "unlimited")
    JURISDICTION_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BASES_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_FIELD_NUMBER: _ClassVar[int]
    VALUE_LEFT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_LEFT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    UNLIMITED_FIELD_NUMBER: _ClassVar[int]
    jurisdiction: str
    instrument: str
    number: str
    bases: _containers.RepeatedScalarFieldContainer[str]
    codes: _containers.RepeatedScalarFieldContainer[str]
    destinations: _containers.RepeatedCompositeFieldContainer[Place]
    parties: _containers.RepeatedScalarFieldContainer[str]
    purposes: _containers.RepeatedScalarFieldContainer[Purpose]
    valid_from: _date_pb2.Date
    valid_to: _date_pb2.Date
    value_left: _money_pb2.Money
    quantity_left: _decimal_pb2.Decimal
    unit: str
    unlimited: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, jurisdiction: _Optional[str] = ..., instrument: _Optional[str] = ..., number: _Optional[str] = ..., bases: _Optional[_Iterable[str]] = ..., codes: _Optional[_Iterable[str]] = ..., destinations: _Optional[_Iterable[_Union[Place, _Mapping]]] = ..., parties: _Optional[_Iterable[str]] = ..., purposes: _Optional[_Iterable[_Union[Purpose, str]]] = ..., valid_from: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_to: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., value_left: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., quantity_left: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., unit: _Optional[str] = ..., unlimited: _Optional[_Iterable[str]] = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ("id", "holder", "issuer", "number", "issued", "valid_from", "valid_to", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ISSUED_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: str
    holder: str
    issuer: str
    number: str
    issued: _date_pb2.Date
    valid_from: _date_pb2.Date
    valid_to: _date_pb2.Date
    status: HoldingStatus
    def __init__(self, id: _Optional[str] = ..., holder: _Optional[str] = ..., issuer: _Optional[str] = ..., number: _Optional[str] = ..., issued: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_from: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., valid_to: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., status: _Optional[_Union[HoldingStatus, str]] = ...) -> None: ...

class RedFlag(_message.Message):
    __slots__ = ("catalog_id", "cleared", "cleared_by", "how")
    CATALOG_ID_FIELD_NUMBER: _ClassVar[int]
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    CLEARED_BY_FIELD_NUMBER: _ClassVar[int]
    HOW_FIELD_NUMBER: _ClassVar[int]
    catalog_id: str
    cleared: bool
    cleared_by: str
    how: str
    def __init__(self, catalog_id: _Optional[str] = ..., cleared: _Optional[bool] = ..., cleared_by: _Optional[str] = ..., how: _Optional[str] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("authorization", "period", "code", "party", "quantity", "value")
    AUTHORIZATION_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    authorization: str
    period: str
    code: str
    party: str
    quantity: _decimal_pb2.Decimal
    value: _money_pb2.Money
    def __init__(self, authorization: _Optional[str] = ..., period: _Optional[str] = ..., code: _Optional[str] = ..., party: _Optional[str] = ..., quantity: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., value: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class Rate(_message.Message):
    __slots__ = ("from_currency", "to_currency", "rate", "date", "source")
    FROM_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TO_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    from_currency: str
    to_currency: str
    rate: _decimal_pb2.Decimal
    date: _date_pb2.Date
    source: str
    def __init__(self, from_currency: _Optional[str] = ..., to_currency: _Optional[str] = ..., rate: _Optional[_Union[_decimal_pb2.Decimal, _Mapping]] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., source: _Optional[str] = ...) -> None: ...

class DeterminationElsewhere(_message.Message):
    __slots__ = ("law", "covers", "outcome", "authority", "reference", "date")
    LAW_FIELD_NUMBER: _ClassVar[int]
    COVERS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    law: str
    covers: _containers.RepeatedScalarFieldContainer[str]
    outcome: _outcome_pb2.Outcome
    authority: str
    reference: str
    date: _date_pb2.Date
    def __init__(self, law: _Optional[str] = ..., covers: _Optional[_Iterable[str]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, str]] = ..., authority: _Optional[str] = ..., reference: _Optional[str] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ...) -> None: ...

class Transaction(_message.Message):
    __slots__ = ("reference", "activity", "date", "contract_date", "origin", "destination", "transit", "place_of_act", "parties", "end_use", "items", "licenses", "documents", "registrations", "red_flags", "usage", "rates", "determinations_elsewhere", "circumstances", "complete")
    class CircumstancesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Fact
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Fact, _Mapping]] = ...) -> None: ...
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_DATE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_FIELD_NUMBER: _ClassVar[int]
    TRANSIT_FIELD_NUMBER: _ClassVar[int]
    PLACE_OF_ACT_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    END_USE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    LICENSES_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    REGISTRATIONS_FIELD_NUMBER: _ClassVar[int]
    RED_FLAGS_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    RATES_FIELD_NUMBER: _ClassVar[int]
    DETERMINATIONS_ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    CIRCUMSTANCES_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    reference: str
    activity: Activity
    date: _date_pb2.Date
    contract_date: _date_pb2.Date
    origin: Place
    destination: Place
    transit: _containers.RepeatedCompositeFieldContainer[Place]
    place_of_act: Place
    parties: _containers.RepeatedCompositeFieldContainer[Party]
    end_use: EndUse
    items: _containers.RepeatedCompositeFieldContainer[Item]
    licenses: _containers.RepeatedCompositeFieldContainer[HeldLicense]
    documents: _containers.RepeatedCompositeFieldContainer[Document]
    registrations: _containers.RepeatedCompositeFieldContainer[Document]
    red_flags: _containers.RepeatedCompositeFieldContainer[RedFlag]
    usage: _containers.RepeatedCompositeFieldContainer[Usage]
    rates: _containers.RepeatedCompositeFieldContainer[Rate]
    determinations_elsewhere: _containers.RepeatedCompositeFieldContainer[DeterminationElsewhere]
    circumstances: _containers.MessageMap[str, Fact]
    complete: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reference: _Optional[str] = ..., activity: _Optional[_Union[Activity, str]] = ..., date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., contract_date: _Optional[_Union[_date_pb2.Date, _Mapping]] = ..., origin: _Optional[_Union[Place, _Mapping]] = ..., destination: _Optional[_Union[Place, _Mapping]] = ..., transit: _Optional[_Iterable[_Union[Place, _Mapping]]] = ..., place_of_act: _Optional[_Union[Place, _Mapping]] = ..., parties: _Optional[_Iterable[_Union[Party, _Mapping]]] = ..., end_use: _Optional[_Union[EndUse, _Mapping]] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., licenses: _Optional[_Iterable[_Union[HeldLicense, _Mapping]]] = ..., documents: _Optional[_Iterable[_Union[Document, _Mapping]]] = ..., registrations: _Optional[_Iterable[_Union[Document, _Mapping]]] = ..., red_flags: _Optional[_Iterable[_Union[RedFlag, _Mapping]]] = ..., usage: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ..., rates: _Optional[_Iterable[_Union[Rate, _Mapping]]] = ..., determinations_elsewhere: _Optional[_Iterable[_Union[DeterminationElsewhere, _Mapping]]] = ..., circumstances: _Optional[_Mapping[str, Fact]] = ..., complete: _Optional[_Iterable[str]] = ...) -> None: ...
