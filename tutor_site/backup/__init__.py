"""Everything that must last, in one file: the database and the media store, and what is needed to trust them."""
