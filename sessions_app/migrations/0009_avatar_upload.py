from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0008_summaries_without_a_model")]

    operations = [
        migrations.AddField(
            model_name="avatar",
            name="upload",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=200,
                default="",
                verbose_name="media key of what waits to be prepared",
            ),
        ),
    ]
