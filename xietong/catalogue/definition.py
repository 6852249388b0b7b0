"""What every definition of the catalogue has in common: unknown keys are errors, nothing changes after loading."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
UnitCode = Annotated[str, StringConstraints(pattern=r"^\d{6}(-[a-z0-9]+)?$")]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Weight = Annotated[float, Field(ge=0)]


class Definition(BaseModel):
    """One entry of the catalogue; a misspelt key is an error, never ignored, and so is a number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Text(Definition):
    """A sentence or name in both languages of the site."""

    zh: NonEmpty
    en: NonEmpty
