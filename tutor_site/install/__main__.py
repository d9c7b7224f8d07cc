# No newer syntax than Python 3.6 in this file: it has to be able to say that the Python is too old.
import os
import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; this is %s (%s)." % (sys.version.split()[0], sys.executable))

# Last in the path: nothing in this folder's parent may hide a module of the standard library.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from install.main import main

sys.exit(main(sys.argv[1:]))
