"""Raw tables to tidy observations: polars frames in, polars frames out, one module per kind of source."""
