"""How a release is cited: in words, by its name, and as an entry of a bibliography."""

import re
from dataclasses import dataclass
from typing import Final

from xietong.report.view import View

#: Signs that mean something to BibTeX or LaTeX, and how they are written as themselves.
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_SIGNS: Final = re.compile(r"[\\{}%&#$_^~]")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Citation:
    """What a reader cites. ``urn`` names the release for good: there is no registry that it could be looked up in.

    ``digest`` is the sha256 of all inputs as the manifest has it, of which the name of the release has the first
    digits; empty where a run has none.
    """

    urn: str
    digest: str
    bibtex: str


def citation(view: View) -> Citation:
    """Return how the release of the view is cited, in the view's language."""
    run = view.run
    urn = f"urn:xietong:{run.edition}:{run.release}"
    fields = {
        # A second pair of braces keeps the capitals of the title.
        "title": f"{{{_written(view.pick(view.edition.title))}}}",
        "year": f"{run.as_of.year}",
        "month": f"{run.as_of.month}",
        "version": _written(run.release),
        "note": _written(f"{urn}" + (f", sha256 {run.digest}" if run.digest else "")),
        "language": "chinese" if view.language == "zh" else "english",
    }
    lines = "".join(f"  {name:<8} = {{{value}}},\n" for name, value in fields.items())
    return Citation(urn, run.digest, f"@misc{{{run.edition}-{run.release},\n{lines}}}")


def _written(text: str) -> str:
    """Return a text as a value of BibTeX that stays inside its braces, on one line."""
    return _SIGNS.sub(lambda sign: _SPECIAL[sign[0]], _SPACES.sub(" ", text))
