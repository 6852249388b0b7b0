"""Raw tables to tidy observations: polars frames in, polars frames out, one module per kind of source."""

from transforms.figures import Tidied
from transforms.tidying import Files, tidy, tidy_files

__all__ = ["Files", "Tidied", "tidy", "tidy_files"]
