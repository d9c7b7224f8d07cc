"""Does the web process of this container answer? Asked often, so without Django: python tutor_site/answers.py"""

import os
import urllib.request


def host(allowed: str) -> str:
    """A name that ALLOWED_HOSTS lets in."""
    first = allowed.split(",")[0].strip().lstrip(".")
    return "localhost" if first in ("", "*") else first


if __name__ == "__main__":
    address = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/health"
    name = host(os.environ.get("ALLOWED_HOSTS", ""))
    urllib.request.urlopen(urllib.request.Request(address, headers={"Host": name}), timeout=4)
