"""What differs between machines: a few settings, read from the environment (``XIETONG_…``) and from ``.env``.

Everything about the method and the editions is in the catalogue instead, where analysts
can review it.
"""

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from xietong.errors import UsageError
from xietong.resources import resource_directory

_PREFIX: Final = "XIETONG_"
#: How alike a name is to that of a setting to be a slip of the pen; other programs may use the prefix too.
_ALIKE: Final = 0.85


class Settings(BaseSettings):
    """The machine's settings, passed whole to the stages that need them.

    Raises:
        UsageError: a value is not allowed, or a name in the environment is nearly that of a setting. The message
            names the setting and never its value, which may be a secret.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, extra="forbid", env_file=".env", dotenv_filtering="match_prefix"
    )

    build_directory: Path = Field(
        default=Path("build"), description="Where everything generated goes: releases, snapshots, warehouses."
    )
    inbox_directory: Path = Field(
        default=Path("inbox"), description="Where people put the files of an edition: inbox/<edition>/."
    )
    catalogue_directory: Path = Field(default_factory=lambda: resource_directory("catalogue"))
    editions_directory: Path = Field(default_factory=lambda: resource_directory("editions"))
    data_directory: Path = Field(default_factory=lambda: resource_directory("data"))
    signing_key: Path | None = Field(
        default=None, description="The office's private key (Ed25519, PEM); without one releases are not signed."
    )
    verification_key: Path | None = Field(
        default=None, description="The office's public key; with one, the verification flow asks for the signature too."
    )
    lock_wait_seconds: float = Field(
        default=600, ge=0, description="How long a run waits for another run of the same edition before it is refused."
    )
    review_address: str | None = Field(
        default=None, description="Where reviewers read drafts: the address of `xietong serve --drafts`."
    )
    task_runner: Literal["threads", "dask"] = Field(
        default="threads", description="Where work that is mapped over tasks runs; the result does not depend on it."
    )
    task_workers: int = Field(
        default=2, ge=1, description="Tasks at once: threads, or workers of a Dask cluster on this machine."
    )
    dask_address: str | None = Field(
        default=None, description="The scheduler of a Dask cluster (tcp://…) whose machines see the same folders."
    )
    notification_addresses: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Webhooks that are told of failures, waiting reviews and late units, separated by spaces.",
    )
    notification_seconds: float = Field(
        default=15, gt=0, le=300, description="How long a run that ends waits for its last messages to be taken."
    )
    publishing_targets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        repr=False,
        description="Folders and fsspec addresses that get a copy of the published site, separated by spaces; "
        "{edition} in one stands for the edition.",
    )
    publishing_command: str = Field(
        default="",
        repr=False,
        description="Run after publication, such as: rsync -a --delete {site}/ web:/srv/{edition}/ (without a shell).",
    )
    publishing_seconds: float = Field(default=600, gt=0, description="How long the publishing command may take.")
    chromium: Path | None = Field(
        default=None, description="The browser that prints reports; by default the one that the system knows."
    )
    threads: int = Field(default=2, ge=1, description="Threads of DuckDB; the result does not depend on it.")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise UsageError("; ".join(_told(error))) from None
        slips = [
            f"{name} is no setting; did you mean {meant}?"
            for name in sorted(os.environ)
            for meant in _meant_by(name)
            if name.startswith(_PREFIX) and name != meant
        ]
        if slips:
            raise UsageError(" ".join(slips))

    @field_validator("notification_addresses", "publishing_targets", mode="before")
    @classmethod
    def _words_are_apart(cls, given: Any) -> Any:
        return tuple(given.split()) if isinstance(given, str) else given

    def edition_directory(self, edition: str) -> Path:
        """Return the directory of an edition's generated files."""
        return self.build_directory / edition

    def without_publication(self, **changes: Any) -> Self:
        """Return the settings of an evaluation that signs nothing, tells nobody and copies nothing anywhere."""
        silent = {"signing_key": None, "notification_addresses": (), "publishing_targets": (), "publishing_command": ""}
        return self.model_copy(update=silent | changes)


def _meant_by(name: str) -> Iterable[str]:
    """Return the variable of the setting that a name is, or nearly is; none for a name of something else."""
    known = [f"{_PREFIX}{field.upper()}" for field in Settings.model_fields]
    return get_close_matches(name.upper(), known, n=1, cutoff=_ALIKE)


def _told(error: ValidationError) -> Iterator[str]:
    """Yield one sentence for each setting that is not as it should be, without what was given."""
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        name = f"{_PREFIX}{str(each['loc'][0]).upper()}" if each["loc"] else _PREFIX
        if each["type"] == "extra_forbidden":
            meant = "".join(f"; did you mean {close}?" for close in _meant_by(name))
            yield f"{name} in .env is no setting{meant}"
        else:
            yield f"the setting {name} is not allowed: {each['msg'][:1].lower()}{each['msg'][1:]}"
