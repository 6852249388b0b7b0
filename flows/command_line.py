"""The command ``xietong``: run an edition, check the catalogue, serve a site.

Nothing heavy is imported here; each command imports what it runs, so that ``--help`` is instant.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

app = App(
    name="xietong",
    help="协同: assesses how districts cut pollution and carbon together, and publishes the evaluation site.",
    version_flags=["--version"],
)


@app.command
def run(
    *,
    edition: str,
    period: str | None = None,
    as_of: datetime | None = None,
    out: Path | None = None,
) -> int:
    """Evaluate an edition and publish its site.

    Args:
        edition: the edition to evaluate: a name in editions/, such as chongqing-demo.
        period: the period to evaluate, such as 2026-10 or 2023; by default the edition's newest.
        as_of: use only what had been received by this moment (ISO 8601, UTC unless it says otherwise).
        out: where everything generated goes, instead of build/.
    """
    from flows.evaluation import run_evaluation
    from flows.progress import ProgressDisplay, print_summary
    from xietong.settings import Settings

    settings = Settings() if out is None else Settings(build_directory=out)
    moment = as_of if as_of is None or as_of.tzinfo is not None else as_of.replace(tzinfo=UTC)
    with ProgressDisplay() as display:
        summary = run_evaluation(settings, edition, period, moment, display)
    print_summary(summary)
    return 0


@app.command
def check(*, catalogue: str | None = None) -> int:
    """Check the catalogues and editions and list every mistake with its file and key.

    Args:
        catalogue: check this catalogue only; by default all of them and every edition.
    """
    from flows.checking import check_catalogues

    return check_catalogues(catalogue)


@app.command
def serve(
    *,
    edition: str,
    port: int = 8000,
    out: Path | None = None,
    host: str = "127.0.0.1",
) -> int:
    """Serve the published site of an edition on this machine.

    Args:
        edition: the edition whose current release is served.
        port: the port to listen on.
        host: the address to listen on.
        out: where the releases are, instead of build/.
    """
    from flows.serving import serve_edition
    from xietong.settings import Settings

    return serve_edition(Settings() if out is None else Settings(build_directory=out), edition, host, port)


def main() -> None:
    """Run the command; a mistake that its message explains ends with one sentence and the documented code."""
    from xietong.errors import CatalogueErrors, XietongError

    try:
        sys.exit(app())
    except CatalogueErrors as errors:
        sys.stderr.write("\n  ".join([errors.message, *map(str, errors.exceptions)]) + "\n")
        sys.exit(errors.exit_code)
    except XietongError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the published site is as it was\n")
        sys.exit(130)
