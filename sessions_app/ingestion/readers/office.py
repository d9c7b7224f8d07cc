import zlib
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError

DAMAGED = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # an entry before the beginning of the file
    NotImplementedError,  # a compression that there is not
    RuntimeError,  # an entry with a password
    LookupError,
    ValueError,
    AttributeError,  # an element of a name that the libraries do not know
    TypeError,
    XMLSyntaxError,
)
"""What comes of opening a Word or PowerPoint file that is damaged, besides the libraries' own errors."""
