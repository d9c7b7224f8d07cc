import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutor_site.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (the apps must be loaded first)

from accounts.demo import refuse_in_production  # noqa: E402
from sessions_app.routing import websocket_urlpatterns  # noqa: E402
from tutor_site.draining import Draining  # noqa: E402
from tutor_site.origins import OwnPages  # noqa: E402

refuse_in_production()
sockets = OwnPages(URLRouter(websocket_urlpatterns))
application = Draining(ProtocolTypeRouter({"http": django_application, "websocket": sockets}))
