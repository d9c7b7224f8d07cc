"""Where media are kept: a folder that all processes share, or a bucket of any store that speaks S3."""

from typing import Any

from tutor_site.environment import env


def media_store() -> dict[str, Any]:
    bucket = env.str("MEDIA_BUCKET", "")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            # A task that runs twice writes the same key twice.
            "OPTIONS": {"allow_overwrite": True},
        }
    # Loaded by who has a bucket alone.
    from botocore.config import Config

    address = env.str("MEDIA_S3_URL", "")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "file_overwrite": True,
            "endpoint_url": address or None,
            "client_config": Config(
                # Stores that are not AWS have no name for each bucket.
                s3={"addressing_style": "path"} if address else None,
                # A store that is silent must not hold a turn for minutes, as it would with boto3's own patience.
                connect_timeout=3,
                read_timeout=8,
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
            "region_name": env.str("MEDIA_S3_REGION", "") or None,
            "access_key": env.str("MEDIA_S3_KEY", "") or None,
            "secret_key": env.str("MEDIA_S3_SECRET", "") or None,
        },
    }
