"""Settings of the queue, the channel layer and everything in flight."""

from django.core.exceptions import ImproperlyConfigured

from gpu_tasks.redis_url import sentinels
from tutor_site.environment import TUTOR_HOME, env
from tutor_site.supervisor import own_redis_url

# Beside a running `serve`, other commands find its Redis.
REDIS_URL = env.str("REDIS_URL", own_redis_url(TUTOR_HOME) or "redis://127.0.0.1:6379/0")
try:
    _sentinels = sentinels(REDIS_URL)
except ValueError as error:
    raise ImproperlyConfigured(f"REDIS_URL: {error}") from error
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_sentinels.layer_host if _sentinels else REDIS_URL]},
    }
}

# What is counted (rates, wrong passwords) counts for all web processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        # Who knows the Sentinels is our own client.
        "OPTIONS": {"pool_class": "gpu_tasks.connections.ClientsPool"}
        if _sentinels
        else {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = _sentinels.broker_url if _sentinels else REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
PRIORITY_STEPS = [0, 3, 6, 9]
QUEUE_SEPARATOR = ":"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A half-open connection is noticed in seconds (kombu waits for ever without these).
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    # Beyond the longest task, so that Redis does not hand a running one out again: our leases do that.
    "visibility_timeout": 3600,
    # The first segment of a reply passes the later ones of other replies.
    "queue_order_strategy": "priority",
    "priority_steps": PRIORITY_STEPS,
    "sep": QUEUE_SEPARATOR,
    **(_sentinels.broker_options if _sentinels else {}),
}
