"""Settings that are not as they should be are told by name, without their values: a value may be a secret."""

import pytest

from xietong.errors import UsageError
from xietong.settings import Settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("XIETONG_THREADS", "secret", "the setting XIETONG_THREADS is not allowed: input should be a valid integer"),
        ("XIETONG_THREADS", "0", "the setting XIETONG_THREADS is not allowed: input should be greater than or equal"),
        ("XIETONG_TASK_RUNNER", "secret", "the setting XIETONG_TASK_RUNNER is not allowed: input should be 'threads'"),
        ("XIETONG_SIGNINGKEY", "secret", "XIETONG_SIGNINGKEY is no setting; did you mean XIETONG_SIGNING_KEY?"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_its_value(monkeypatch, name, value, told) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as raised:
        Settings()
    assert told in str(raised.value)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_every_wrong_setting_is_told_at_once(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XIETONG_THREADS", "many")
    (tmp_path / ".env").write_text("XIETONG_PUBLISHING_TARGET=sftp://me:secret@office\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        Settings()
    assert "XIETONG_THREADS" in str(raised.value)
    assert "XIETONG_PUBLISHING_TARGET in .env is no setting; did you mean XIETONG_PUBLISHING_TARGETS?" in str(
        raised.value
    )
    assert "secret" not in str(raised.value)


def test_what_other_programs_call_theirs_is_left_alone(monkeypatch) -> None:
    monkeypatch.setenv("XIETONG_ENERGY_DATABASE", "postgresql://office")
    monkeypatch.setenv("XIETONG_THREADS", "3")
    assert Settings().threads == 3


def test_no_secret_stands_in_what_is_printed_of_the_settings(monkeypatch) -> None:
    monkeypatch.setenv("XIETONG_NOTIFICATION_ADDRESSES", "https://office/hook?token=secret")
    monkeypatch.setenv("XIETONG_PUBLISHING_TARGETS", "sftp://me:secret@office/site")
    monkeypatch.setenv("XIETONG_PUBLISHING_COMMAND", "rsync --password-file=secret")
    settings = Settings()
    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)
