"""Templates are compiled once a process, and one that has changed is compiled anew."""

import pytest
from jinja2 import Environment

from xietong.render import templates
from xietong.render.templates import compile_templates, template_environment


def test_what_was_compiled_once_is_not_compiled_again(monkeypatch) -> None:
    compile_templates()
    monkeypatch.setattr(Environment, "compile", lambda *_, **__: pytest.fail("compiled again"))
    environment = template_environment()
    assert len([environment.get_template(name) for name in environment.list_templates()]) > 30


def test_a_template_that_has_changed_is_another(monkeypatch, tmp_path) -> None:
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "page.j2"
    monkeypatch.setattr(templates, "resource_directory", lambda _: tmp_path)
    for words in ("{{ figure }} before", "{{ figure }} after"):
        page.write_text(words, encoding="utf-8")
        assert template_environment().get_template("page.j2").render(figure="<1") == f"&lt;1 {words.split()[-1]}"
