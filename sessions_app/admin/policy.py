"""What stands on a tutor's page of what he teaches and how."""

from unfold.admin import TabularInline

from sessions_app.models import Exercise, Topic


class TopicInline(TabularInline):
    """Its tutor decides who sees it."""

    model = Topic
    fields = ["name", "terms", "introduced", "position"]
    extra = 0
    tab = True
    verbose_name_plural = "Topics"


class ExerciseInline(TabularInline):
    model = Exercise
    fields = ["task", "answers"]
    extra = 0
    tab = True
    verbose_name_plural = "Exercises"
