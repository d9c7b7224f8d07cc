from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
import django.db.models.deletion


class Migration(migrations.Migration):
    # Apart from the rows of 0004: PostgreSQL does not alter a table whose rows have just been written.

    dependencies = [
        ("accounts", "0004_rights_follow_the_role"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(role="student", is_staff=False, is_superuser=False)
                | Q(role="teacher", is_staff=True, is_superuser=False)
                | Q(role="admin", is_staff=True, is_superuser=True),
                name="rights_follow_the_role",
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="about",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="whose data",
            ),
        ),
    ]
