"""From checked marts to a published release: pages, downloads, database, manifest."""

import importlib.metadata
import shutil
from datetime import UTC, datetime
from typing import Final

from flows.planning import Plan
from flows.side_process import beside
from flows.stages import Accepted, Computed, warehouse_of
from xietong.releases import (
    Publication,
    Release,
    ReleaseInputs,
    directory_digest,
    finish,
    new_draft,
    record,
    sign,
    switch_current,
)
from xietong.resources import program_files, resource_directory

#: Packages whose version can change a figure or a page.
VERSIONED: Final = (
    "altair",
    "duckdb",
    "fastexcel",
    "great-expectations",
    "jinja2",
    "numpy",
    "polars",
    "scipy",
    "vl-convert-python",
    "xietong",
    "xlsxwriter",
)


def release_inputs(plan: Plan, accepted: Accepted, computed: Computed) -> ReleaseInputs:
    """Return everything that decides the bytes of the release."""
    return ReleaseInputs(
        edition=plan.edition.name,
        period=computed.period,
        as_of=computed.as_of.isoformat(),
        method_version=plan.catalogue.index.method_version,
        snapshots=tuple(sorted((snapshot.sha256, snapshot.file) for snapshot in accepted.snapshots)),
        sources_digest=directory_digest(program_files()),
        versions=tuple((name, importlib.metadata.version(name)) for name in VERSIONED),
    )


def publish_site(plan: Plan, accepted: Accepted, computed: Computed) -> Release:
    """Write pages, downloads and database into a draft and put it in place as the current release."""
    from xietong.render import render_site, write_downloads
    from xietong.report import RunFacts, build_site
    from xietong.warehouse import macro_sources

    inputs = release_inputs(plan, accepted, computed)
    facts = RunFacts(
        edition=plan.edition.name,
        period=computed.period,
        as_of=computed.as_of,
        method_version=inputs.method_version,
        release=inputs.release,
        inputs=len(accepted.snapshots),
        versions=dict(inputs.versions),
        macros=macro_sources(resource_directory("sql")),
    )
    draft = new_draft(plan.settings.edition_directory(plan.edition.name) / "releases", inputs.release)
    downloads = beside(write_downloads, computed.marts, plan.catalogue, plan.edition, draft / "site" / "downloads")
    render_site(build_site(computed.marts, plan.catalogue, plan.edition, facts), draft / "site")
    downloads.result()
    shutil.copyfile(warehouse_of(plan), draft / "warehouse.duckdb")
    counts = {name: frame.height for name, frame in sorted(computed.marts.items())}
    return _put_in_place(plan, finish(draft, inputs, {"rows": counts}))


def _put_in_place(plan: Plan, release: Release) -> Release:
    """Sign the release where the office has a key, serve it, and record when."""
    if plan.settings.signing_key is not None:
        sign(release, plan.settings.signing_key)
    switch_current(release.directory)
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    record(plan.settings.edition_directory(plan.edition.name), Publication(release.name, moment, "published"))
    return release
