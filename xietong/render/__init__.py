"""From page contexts to files: the only code that knows Jinja2, SVG and download formats."""

from xietong.render.change_log import LogEntry, change_log
from xietong.render.downloads import write_downloads
from xietong.render.pages import render_site

__all__ = ["LogEntry", "change_log", "render_site", "write_downloads"]
