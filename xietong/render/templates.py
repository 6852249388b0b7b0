"""The templates of the site, compiled once a process: that takes longer than rendering a small edition with them."""

from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket, BytecodeCache

from xietong.resources import resource_directory


class _CompiledTemplates(BytecodeCache):
    """Code of templates by name and content; one that has changed is another."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))  # type: ignore[assignment]

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED: Final = _CompiledTemplates()


def template_environment() -> Environment:
    """Return an environment of its own, without drawing functions: what is not defined is a mistake, all is escaped."""
    return Environment(
        loader=FileSystemLoader(resource_directory("site") / "templates"),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def compile_templates() -> None:
    """Compile every template ahead, for a process that renders in children of its own."""
    environment = template_environment()
    for name in environment.list_templates():
        environment.get_template(name)
