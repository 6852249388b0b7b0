"""Writing the demonstration: forms as units would send them, and the manifest of what is in them."""

import hashlib
import io
from importlib import resources
from pathlib import Path

from xietong import workbook
from xietong.catalogue import Catalogue, Edition
from xietong.demonstration.defects import load_defects, plant
from xietong.demonstration.forms import Submission, build_submissions
from xietong.demonstration.manifest import DemonstrationManifest
from xietong.demonstration.panel import build_panel
from xietong.errors import UsageError


def generate(catalogue: Catalogue, edition: Edition, directory: Path) -> DemonstrationManifest:
    """Write the forms and the manifest into the directory and return the manifest.

    The same catalogue, edition and version of the generator give the same bytes. When the
    directory already holds the files of these inputs, nothing is written: what a learner
    changed in a form stays changed. Files of other inputs are replaced.

    Raises:
        UsageError: the edition has no demonstration, or asks for periods that it cannot have.
        XietongError: the catalogue has a unit that the generator does not know, or lacks what a defect names.
    """
    if edition.demonstration is None:
        raise UsageError(f"the edition {edition.name!r} has no section demonstration")
    inputs = _inputs_digest(catalogue, edition)
    earlier = DemonstrationManifest.read(directory)
    if earlier is not None and earlier.inputs == inputs and all((directory / name).is_file() for name in earlier.files):
        return earlier
    panel = build_panel(catalogue, edition.demonstration.seed)
    files, planted = plant(catalogue, edition, build_submissions(catalogue, edition, panel), load_defects())
    directory.mkdir(parents=True, exist_ok=True)
    for name in earlier.files if earlier is not None else ():
        (directory / Path(name).name).unlink(missing_ok=True)
    hashes = {submission.file: _write(submission, directory) for submission in files}
    manifest = DemonstrationManifest(edition.name, edition.demonstration.seed, inputs, hashes, planted)
    # Last, so that a run that broke off is not taken for a finished one.
    manifest.write(directory)
    return manifest


def _write(submission: Submission, directory: Path) -> str:
    """Write one file and return its sha256."""
    buffer = io.BytesIO()
    workbook.write_form(buffer, submission.form)
    content = buffer.getvalue()
    content = content[: int(len(content) * submission.kept_share)]
    (directory / submission.file).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _inputs_digest(catalogue: Catalogue, edition: Edition) -> str:
    """Return the sha256 over all that decides the bytes: catalogue, edition, and the generator's own files."""
    digest = hashlib.sha256()
    definitions = (catalogue.units, *catalogue.indicators, catalogue.measures, catalogue.index.reporting_lag, edition)
    for definition in definitions:
        digest.update(definition.model_dump_json().encode())
    own = (path for path in resources.files(__package__).iterdir() if path.name.endswith((".py", ".csv", ".yaml")))
    for path in sorted(own, key=lambda path: path.name):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(Path(workbook.__file__).read_bytes())
    return digest.hexdigest()
