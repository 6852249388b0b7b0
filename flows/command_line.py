"""The command ``xietong``: run an edition, check the catalogue, serve a site.

Nothing heavy is imported here; each command imports what it runs, so that ``--help`` is instant.
"""

import sys
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App, CycloptsError

from flows.whole_numbers import WholeNumber

if TYPE_CHECKING:
    from xietong.settings import Settings

app = App(
    name="xietong",
    help="协同: assesses how districts cut pollution and carbon together, and publishes the evaluation site.",
    version=partial(version, "xietong"),
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
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

    moment = as_of if as_of is None or as_of.tzinfo is not None else as_of.replace(tzinfo=UTC)
    with ProgressDisplay() as display:
        summary = run_evaluation(_settings(out), edition, period, moment, display)
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
def template(*, unit: str, period: str, edition: str = "chongqing", out: Path | None = None) -> int:
    """Write the form that a unit fills for a period, with ranges and former figures beside the cells.

    Args:
        unit: the code of the unit, such as 500101.
        period: the month, quarter or year to report, such as 2025-10, 2025-Q3 or 2025.
        edition: the edition whose indicators are asked for and whose release gives the former figures.
        out: the file to write, instead of CODE_NAME_PERIOD.xlsx here.
    """
    from flows.intake import make_template

    sys.stdout.write(f"{make_template(_settings(), edition, unit, period, out)}\n")
    return 0


@app.command
def intake(*files: Path, edition: str, check_only: bool = False) -> int:
    """Read and check files as a run would, write the list that goes back for each, and put them into the inbox.

    Args:
        files: workbooks or delimited files of a source of the edition.
        edition: the edition they are for.
        check_only: say what is wrong, and keep nothing.
    """
    from flows.intake import take_in
    from flows.progress import print_taken_in
    from xietong.errors import UsageError

    if not files:
        raise UsageError("name the files to take in")
    return print_taken_in(take_in(_settings(), edition, files, check_only=check_only))


@app.command
def poll(*, edition: str, out: Path | None = None) -> int:
    """Ask the connected sources of an edition for what is new; the next run uses it.

    Args:
        edition: the edition whose sources are asked, one line printed for each.
        out: where everything generated goes, instead of build/.
    """
    from flows.polling import poll_and_tell

    return poll_and_tell(_settings(out), edition)


@app.command(name="air-days")
def air_days(file: Path, *, stations: Path | None = None, out: Path) -> int:
    """Write the daily and monthly means that HJ 663 allows from hourly values of stations, and why others are null.

    Args:
        file: hourly values: a CSV with a row a station and hour, a daily file of all stations, or an answer of CNEMC.
        stations: the table of the stations and their districts; without it only stations have means.
        out: the folder for station_days, district_days, district_months and findings as CSV.
    """
    from flows.air_days import write_air_days

    return write_air_days(file, stations, out)


@app.command
def explain(
    unit: str,
    indicator: str,
    period: str,
    *,
    edition: str,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Print where a published figure comes from and what became of it: cells, files, checks, score, weight.

    Args:
        unit: the code of the unit, such as 500101.
        indicator: the code of the indicator, such as co2_intensity.
        period: an evaluated period of the release, such as 2026-10.
        edition: the edition whose current release is explained.
        out: where the releases are, instead of build/.
        json: print the chain as the site's data interface has it (api/v1/provenance), for programs.
    """
    from flows.chain_printing import print_chain
    from flows.explaining import explain_figure

    return (print_chain if json else explain_figure)(_settings(out), edition, unit, indicator, period)


@app.command
def reports(
    *,
    edition: str,
    out: Path | None = None,
    unit: list[str] | None = None,
    language: list[Literal["zh", "en"]] | None = None,
) -> int:
    """Print the report of every unit of the published site as a PDF on A4 (needs Chromium or Chrome).

    Args:
        edition: the edition whose published site is printed.
        out: where the files go; by default reports/ beside the releases of the edition.
        unit: print this unit only, such as 500102; may be given several times.
        language: zh or en; by default zh; may be given several times.
    """
    from flows.printing import report_printing

    return report_printing(_settings(), edition, out, unit or (), language or ("zh",))


@app.command
def serve(
    *,
    edition: str,
    port: WholeNumber = 8000,
    out: Path | None = None,
    host: str = "127.0.0.1",
    drafts: bool = False,
) -> int:
    """Serve the published site of an edition on this machine.

    Args:
        edition: the edition whose current release is served.
        port: the port to listen on.
        host: the address to listen on.
        out: where the releases are, instead of build/.
        drafts: also serve every other release under /releases/NAME/, for reviewers; not on a public address.
    """
    from flows.serving import serve_edition

    return serve_edition(_settings(out), edition, host, port, drafts=drafts)


@app.command
def deploy() -> int:
    """Register every deployment of prefect.yaml with the server that PREFECT_API_URL names, and its work pool."""
    from flows.deploying import deploy_all

    return deploy_all()


@app.command
def worker() -> int:
    """Run what the Prefect server hands out on this machine, until it is ended."""
    from flows.deploying import run_worker

    return run_worker()


@app.command
def releases(*, edition: str, out: Path | None = None) -> int:
    """List the releases of an edition: which is served, when each was put in place, whether it is signed.

    Args:
        edition: the edition whose releases are listed.
        out: where the releases are, instead of build/.
    """
    from flows.release_commands import list_releases

    return list_releases(_settings(out), edition)


@app.command
def rollback(release: str | None = None, *, edition: str, reason: str, out: Path | None = None) -> int:
    """Serve an earlier release again; it is verified first, and the step is recorded.

    Args:
        release: the release to go back to; by default the one that was served before.
        edition: the edition.
        reason: why; it is recorded beside the releases.
        out: where the releases are, instead of build/.
    """
    from flows.release_commands import roll_back_to

    return roll_back_to(_settings(out), edition, release, reason)


@app.command
def diff(before: str, after: str, *, edition: str, out: Path | None = None) -> int:
    """Print whose scores and ranks differ between two releases, and how much each cause moved them.

    Args:
        before: the name of the earlier release.
        after: the name of the later one.
        edition: the edition.
        out: where the releases are, instead of build/.
    """
    from flows.comparison import print_differences

    return print_differences(_settings(out), edition, before, after)


@app.command
def verify(
    release: str | None = None,
    *,
    edition: str,
    key: Path | None = None,
    rebuild: bool = True,
    out: Path | None = None,
) -> int:
    """Check every file of a release against its manifest, and build it again from its snapshots, byte for byte.

    Args:
        release: the release to verify; by default the one that is served.
        edition: the edition.
        key: the public key that must have signed it.
        rebuild: also build it again; --no-rebuild checks hashes and signature only.
        out: where the releases are, instead of build/.
    """
    from flows.release_commands import verify_release

    return verify_release(_settings(out), edition, release, key, rebuild=rebuild)


@app.command
def gc(*, edition: str, keep: int = 12, dry_run: bool = False, out: Path | None = None) -> int:
    """Remove releases that are neither served nor among the newest; what was received is never removed.

    Args:
        edition: the edition.
        keep: how many of the releases last put in place are kept.
        dry_run: only say what would be removed.
        out: where the releases are, instead of build/.
    """
    from flows.release_commands import remove_superseded

    return remove_superseded(_settings(out), edition, keep, dry_run=dry_run)


@app.command
def key(*, out: Path) -> int:
    """Make the pair of keys with which the office signs its releases; keep the private one off this repository.

    Args:
        out: the folder for the two files.
    """
    from xietong.releases import write_key_pair

    private, public = write_key_pair(out)
    sys.stdout.write(f"private key (keep it; XIETONG_SIGNING_KEY names it): {private}\n")
    sys.stdout.write(f"public key (give it away): {public}\n")
    return 0


def _settings(out: Path | None = None) -> "Settings":
    from xietong.settings import Settings

    return Settings() if out is None else Settings(build_directory=out)


@app.command
def study(
    *,
    data: Path,
    framework: Path,
    out: Path,
    denominate: bool = False,
    impute: str = "none",
    screen_availability: float | None = None,
    treat: str = "none",
    normalise: str = "minmax:0,100",
    aggregate: str = "arithmetic",
    availability: str = "0",
    weights: str = "framework",
    runs: WholeNumber = 0,
    sobol: bool = False,
    noise: float = 0.25,
    seed: WholeNumber = 0,
    order: str = "denominate,impute,screen,treat,normalise,aggregate",
) -> int:
    """Run the engine on any framework of indicators (the two tables of the R package COINr).

    Args:
        data: CSV with uName, uCode, optional Time, group and denominator columns, one column an indicator.
        framework: CSV with Level, iCode, iName, Direction, Weight, Unit, Target, Denominator, Parent, Type.
        out: where the tables and the report go.
        denominate: divide by the column that the framework names.
        impute: none, mean, median, group-mean:COLUMN, group-median:COLUMN, latest, constant, linear, linear-constant.
        screen_availability: leave out units with a smaller share of figures, such as 0.8.
        treat: none, standard (winsorise while skewness and kurtosis are high, then the log), log and others.
        normalise: minmax:0,100, zscore:0,1, rank, borda, percentile-rank, distance-to-target and others.
        aggregate: arithmetic, geometric, harmonic, power:P or copeland; one, or a list from the lowest level up.
        availability: share of a node's children that must be observed, such as 2/3.
        weights: framework, equal, entropy, critic or pca.
        runs: number of Monte Carlo runs for the uncertainty of ranks.
        sobol: also attribute the uncertainty to its sources.
        noise: how far weights move in the runs, as a share.
        seed: of the runs, so that they can be replayed.
        order: of the steps.
    """
    from flows.studying import run_and_tell
    from xietong.framework import StudyOptions

    options = StudyOptions(
        denominate=denominate,
        impute=impute,
        screen_availability=screen_availability,
        treat=treat,
        normalise=normalise,
        aggregate=aggregate,
        availability=availability,
        weights=weights,
        runs=runs,
        sobol=sobol,
        noise=noise,
        seed=seed,
        order=order,
    )
    return run_and_tell(data, framework, out, options)


def main() -> None:
    """Run the command; a mistake that its message explains ends with one sentence and the documented code."""
    from xietong.errors import CatalogueErrors, XietongError, told_by_the_system

    try:
        sys.exit(app(exit_on_error=False, print_error=False))
    except CycloptsError as error:
        command = " ".join(("xietong", *(error.command_chain or ())))
        sys.stderr.write(f"{' '.join(str(error).split())} See: {command} --help\n")
        sys.exit(2)
    except CatalogueErrors as errors:
        sys.stderr.write("\n  ".join([errors.message, *map(str, errors.exceptions)]) + "\n")
        sys.exit(errors.exit_code)
    except XietongError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt as error:
        sys.stderr.write("; ".join(["stopped", *getattr(error, "__notes__", ())]) + "\n")
        sys.exit(130)
    except Exception as error:
        sentence = told_by_the_system(error)
        if sentence is None:
            raise
        sys.exit(sentence)
