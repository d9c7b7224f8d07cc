from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.export import FORMATS
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
    tutor_name = serializers.CharField(source="tutor.name", read_only=True)

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


class SessionRowSerializer(SessionSerializer):
    """Of a session with what `history.rows` adds."""

    title = serializers.CharField(max_length=120)
    first_question = serializers.CharField(read_only=True)
    turns_count = serializers.IntegerField(read_only=True)
    duration_ms = serializers.IntegerField(read_only=True, help_text="As long as all replies play.")

    class Meta(SessionSerializer.Meta):
        fields = [*SessionSerializer.Meta.fields, "first_question", "turns_count", "duration_ms"]
        read_only_fields = [field for field in SessionSerializer.Meta.fields if field != "title"]

    def validate_title(self, title: str) -> str:
        return " ".join(title.split())


class SessionQuerySerializer(serializers.Serializer[Any]):
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Words of titles, questions and replies; all count."
    )
    tutor = serializers.IntegerField(required=False)
    status = serializers.ChoiceField(Session.Status.choices, required=False)


class ExportQuerySerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(sorted(FORMATS))


class TurnSerializer(serializers.BaseSerializer[Turn]):
    """A turn is shown by the protocol's TurnInfo, on the socket as here."""

    def to_representation(self, instance: Turn) -> dict[str, Any]:
        return turn_info(instance).model_dump()
