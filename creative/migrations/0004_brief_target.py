import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creative", "0003_check_palettes"),
    ]

    operations = [
        migrations.AddField(
            model_name="briefrevision",
            name="target",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(20),
                ],
                verbose_name="how many finished pictures",
            ),
        ),
        migrations.AddConstraint(
            model_name="briefrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("target__range", (1, 20))), name="creative_target_is_1_to_20"
            ),
        ),
    ]
