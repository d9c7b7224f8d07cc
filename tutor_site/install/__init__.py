"""Turns a fresh clone into something that runs: `python3 tutor_site/install` (the Makefile's way in).

Standard library only: it runs on the machine's own Python, before there is anything else. Started as a folder, it is
imported as the package `install`, so that the site's own packages, which want Django, stay out.
"""
