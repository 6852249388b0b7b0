"""What differs between machines: nine settings, read from the environment (``XIETONG_…``).

Everything about the method and the editions is in the catalogue instead, where analysts
can review it.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from xietong.resources import resource_directory


class Settings(BaseSettings):
    """The machine's settings, passed whole to the stages that need them."""

    model_config = SettingsConfigDict(env_prefix="XIETONG_", frozen=True, extra="forbid")

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
    threads: int = Field(default=2, ge=1, description="Threads of DuckDB; the result does not depend on it.")

    def edition_directory(self, edition: str) -> Path:
        """Return the directory of an edition's generated files."""
        return self.build_directory / edition
