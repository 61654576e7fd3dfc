"""The message of Sparkplug B, as its specification numbers the fields. Only fields that are read are described."""

from functools import cache
from typing import Any

from pipeline.history.live.extra import needs_extra

_FIELDS = {
    "PropertyValue": (
        ("type", 1, "uint32"),
        ("is_null", 2, "bool"),
        ("int_value", 3, "uint32"),
        ("long_value", 4, "uint64"),
    ),
    "PropertySet": (("keys", 1, "string*"), ("values", 2, "PropertyValue*")),
    "Metric": (
        ("name", 1, "string"),
        ("alias", 2, "uint64"),
        ("timestamp", 3, "uint64"),
        ("datatype", 4, "uint32"),
        ("is_historical", 5, "bool"),
        ("is_transient", 6, "bool"),
        ("is_null", 7, "bool"),
        ("properties", 9, "PropertySet"),
        ("int_value", 10, "uint32"),
        ("long_value", 11, "uint64"),
        ("float_value", 12, "float"),
        ("double_value", 13, "double"),
        ("boolean_value", 14, "bool"),
        ("string_value", 15, "string"),
        ("bytes_value", 16, "bytes"),
        ("dataset_value", 17, "bytes"),
        ("template_value", 18, "bytes"),
    ),
    "Payload": (("timestamp", 1, "uint64"), ("metrics", 2, "Metric*"), ("seq", 3, "uint64"), ("uuid", 4, "string")),
}
"""Message → its fields: name, number and type; a star marks a list. Tables and templates are read as bytes."""
_ONE_OF = range(10, 19)
"""Numbers of the fields of a metric of which one holds the value."""


@cache
def payload_class() -> Any:
    """Return the class of a payload.

    Raises ScalebridgeError if the library of protocol buffers is not installed.
    """
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    except ImportError:
        raise needs_extra("Messages of Sparkplug B") from None
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug_fields.proto", package="sparkplug_fields", syntax="proto2")
    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        if name == "Metric":
            message.oneof_decl.add(name="value")
        for field, number, kind in fields:
            of = kind.rstrip("*")
            made = message.field.add(name=field, number=number)
            made.label = kinds.LABEL_REPEATED if kind.endswith("*") else kinds.LABEL_OPTIONAL
            if of in _FIELDS:
                made.type, made.type_name = kinds.TYPE_MESSAGE, f".sparkplug_fields.{of}"
            else:
                made.type = getattr(kinds, f"TYPE_{of.upper()}")
            if name == "Metric" and number in _ONE_OF:
                made.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("sparkplug_fields.Payload"))


def rebirth_payload() -> bytes:
    """Return the payload of the command that asks for a rebirth."""
    made = payload_class()()
    metric = made.metrics.add(name="Node Control/Rebirth", datatype=11)
    metric.boolean_value = True
    return bytes(made.SerializeToString())
