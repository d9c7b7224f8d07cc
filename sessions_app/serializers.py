from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.infos import avatar_info, turn_info
from sessions_app.models import KnowledgeBase, Session, Turn, Tutor


class AvatarSerializer(serializers.Serializer[Any]):
    avatar_id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["illustrated", "photo"])
    poster_url = serializers.CharField(allow_null=True)
    idle_url = serializers.CharField(allow_null=True)


class KnowledgeBaseSerializer(serializers.ModelSerializer[KnowledgeBase]):
    kb_id = serializers.CharField(source="slug")

    class Meta:
        model = KnowledgeBase
        fields = ["kb_id", "name"]


class TutorSerializer(serializers.ModelSerializer[Tutor]):
    avatars = serializers.SerializerMethodField()
    knowledge_bases = KnowledgeBaseSerializer(many=True)
    suggested_questions = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Tutor
        fields = [
            "id",
            "name",
            "subject",
            "language",
            "description",
            "greeting",
            "suggested_questions",
            "avatars",
            "knowledge_bases",
        ]

    @extend_schema_field(AvatarSerializer(many=True))
    def get_avatars(self, tutor: Tutor) -> list[dict[str, Any]]:
        return [avatar_info(avatar).model_dump() for avatar in tutor.faces()]


class OpenSessionSerializer(serializers.Serializer[Any]):
    tutor_id = serializers.IntegerField()
    kb_id = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=80)


class EngineSessionSerializer(OpenSessionSerializer):
    student_id = serializers.IntegerField()


class OpenedSessionSerializer(serializers.Serializer[Any]):
    session_id = serializers.CharField()
    engine_url = serializers.CharField()
    engine_token = serializers.CharField()
    status = serializers.ChoiceField(Session.Status.choices)


class SocketAddressSerializer(serializers.Serializer[Any]):
    engine_url = serializers.CharField()
    engine_token = serializers.CharField()


class SessionSerializer(serializers.ModelSerializer[Session]):
    session_id = serializers.CharField(source="id")
    tutor_name = serializers.CharField(source="tutor.name")

    class Meta:
        model = Session
        fields = [
            "session_id",
            "tutor_id",
            "tutor_name",
            "student_id",
            "status",
            "title",
            "created_at",
            "last_activity",
        ]


class TurnSerializer(serializers.BaseSerializer[Turn]):
    """A turn is shown by the protocol's TurnInfo, on the socket as here."""

    def to_representation(self, instance: Turn) -> dict[str, Any]:
        return turn_info(instance).model_dump()
