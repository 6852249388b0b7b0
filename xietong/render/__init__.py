"""From page contexts to files: the only code that knows Jinja2, SVG and download formats."""

from xietong.render.archive import Archive
from xietong.render.change_log import KeptRelease, LogEntry, change_log
from xietong.render.downloads import write_downloads
from xietong.render.page_memory import EarlierSite, MadePage, PageMemory
from xietong.render.pages import render_site

__all__ = [
    "Archive",
    "EarlierSite",
    "KeptRelease",
    "LogEntry",
    "MadePage",
    "PageMemory",
    "change_log",
    "render_site",
    "write_downloads",
]
