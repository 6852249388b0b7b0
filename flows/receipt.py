"""The first stages: keep the bytes of every file as received, read them, tidy what is in them."""
