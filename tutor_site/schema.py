"""Puts the socket's messages into the OpenAPI document, so that one document types the whole interface."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sessions_app import protocol

CLIENT: list[type[BaseModel]] = [
    protocol.TextMessage,
    protocol.AudioMessage,
    protocol.Interrupt,
    protocol.Ping,
    protocol.Received,
]
SERVER: list[type[BaseModel]] = [
    protocol.SessionMessage,
    protocol.LimitsMessage,
    protocol.TurnBegun,
    protocol.StatusMessage,
    protocol.TranscriptionMessage,
    protocol.DeltaMessage,
    protocol.FragmentMessage,
    protocol.VideoMessage,
    protocol.ReplyMessage,
    protocol.ErrorMessage,
    protocol.DoneMessage,
    protocol.Pong,
]


def add_socket_messages(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    schemas = result["components"]["schemas"]
    for models, mode in ((CLIENT, "validation"), (SERVER, "serialization")):
        _, definitions = models_json_schema(
            [(model, mode) for model in models],  # type: ignore[misc]
            ref_template="#/components/schemas/{model}",
        )
        schemas.update(definitions["$defs"])
    for name, models in (("ClientMessage", CLIENT), ("ServerMessage", SERVER)):
        schemas[name] = {
            "oneOf": [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models],
            "discriminator": {
                "propertyName": "type",
                "mapping": {
                    model.model_fields["type"].default: f"#/components/schemas/{model.__name__}" for model in models
                },
            },
        }
    return result


class TurnSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """The transcript's rows are the protocol's own TurnInfo, which the hook above defines."""

    target_class = "sessions_app.serializers.TurnSerializer"

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        return "TurnInfo"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": True}  # of one without any content nothing is kept


class UserSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.serializers.UserSerializer"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        # What is read only counts as always there.
        if "has_first_password" in schema.get("required", []):
            schema["required"].remove("has_first_password")
        return schema
