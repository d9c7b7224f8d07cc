from django.db import migrations, models
from django.db.models import Q


def follow(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    # Whoever had all rights keeps them.
    users.filter(is_superuser=True).update(role="admin")
    users.filter(role="admin").update(is_staff=True, is_superuser=True)
    users.filter(role="teacher").update(is_staff=True)
    users.filter(role="student").update(is_staff=False)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_classes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="is_staff",
            field=models.BooleanField(default=False, editable=False, verbose_name="may open the staff side"),
        ),
        migrations.AlterField(
            model_name="user",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="may log in"),
        ),
        migrations.RunPython(follow, migrations.RunPython.noop),
    ]
