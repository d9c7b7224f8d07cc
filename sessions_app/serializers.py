from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.export import FORMATS
from sessions_app.infos import avatar_info, turn_info
from sessions_app.models import Check, KnowledgeBase, Mastery, Session, Summary, Turn, Tutor
from sessions_app.tracing import LEVELS, level


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
        return [avatar_info(row.avatar).model_dump() for row in tutor.tutoravatar_set.all()]


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


class SummarySerializer(serializers.ModelSerializer[Summary]):
    asked = serializers.CharField(help_text="Empty: nothing was asked.")
    by_model = serializers.BooleanField(help_text="Written by the language model; else put together from the rows.")
    being_written = serializers.SerializerMethodField(help_text="The language model will write a better one.")

    class Meta:
        model = Summary
        fields = ["asked", "hard", "next_steps", "by_model", "being_written"]

    def get_being_written(self, summary: Summary) -> bool:
        return bool(self.context["being_written"])


class CheckSerializer(serializers.ModelSerializer[Check]):
    """What is right is told with the answer, never before."""

    skill = serializers.CharField(source="skill.name")
    choices = serializers.ListField(child=serializers.CharField())
    answer = serializers.IntegerField(allow_null=True)
    correct_choice = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Check
        fields = ["position", "skill", "question", "choices", "answer", "correct_choice", "explanation"]

    def get_correct_choice(self, check: Check) -> int | None:
        return None if check.answer is None else check.correct

    def get_explanation(self, check: Check) -> str | None:
        return None if check.answer is None else check.explanation


class ChecksSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        ["ready", "being_made", "nothing_cited", "too_little"], help_text="`being_made`: ask again in a second."
    )
    checks = CheckSerializer(many=True)


class ChoiceSerializer(serializers.Serializer[Any]):
    choice = serializers.IntegerField(min_value=0)


class AnsweredSerializer(serializers.Serializer[Any]):
    correct = serializers.BooleanField()
    correct_choice = serializers.IntegerField(source="check.correct")
    explanation = serializers.CharField(source="check.explanation")
    known = serializers.FloatField(source="mastery.known", help_text="How likely it is that the skill is known, 0..1.")
    level = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(list(LEVELS)))
    def get_level(self, answered: Any) -> str:
        return level(answered.mastery.known)


class SkillProgressSerializer(serializers.ModelSerializer[Mastery]):
    name = serializers.CharField(source="skill.name")
    level = serializers.SerializerMethodField()

    class Meta:
        model = Mastery
        fields = ["name", "known", "level", "answered", "correct", "changed_at"]

    @extend_schema_field(serializers.ChoiceField(list(LEVELS)))
    def get_level(self, mastery: Mastery) -> str:
        return level(mastery.known)


class TutorProgressSerializer(serializers.Serializer[Any]):
    tutor_id = serializers.IntegerField(source="tutor.id")
    tutor_name = serializers.CharField(source="tutor.name")
    subject = serializers.CharField(source="tutor.subject")
    skills = SkillProgressSerializer(many=True)
