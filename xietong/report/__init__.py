"""Page contexts: what each page says, from the marts and the catalogue, before it has any markup."""

from xietong.report.facts import LANGUAGES, Chrome, Language, Link, Page, RunFacts, Sentence, Site
from xietong.report.site import build_site

__all__ = ["LANGUAGES", "Chrome", "Language", "Link", "Page", "RunFacts", "Sentence", "Site", "build_site"]
