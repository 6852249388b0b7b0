"""From checked marts to a published release: pages, downloads, database, manifest."""

import importlib.metadata
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Final

from flows.planning import Plan
from flows.review import Decision
from flows.side_process import beside
from flows.stages import Accepted, Computed, warehouse_of
from xietong.errors import RejectedError
from xietong.releases import (
    Publication,
    Release,
    ReleaseInputs,
    add_to_manifest,
    directory_digest,
    finish,
    new_draft,
    record,
    sign,
    switch_current,
)
from xietong.report.facts import RuleFact
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


def rule_facts() -> tuple[RuleFact, ...]:
    """Return every rule of reading and gates with the proof that it can fail, in their order."""
    from expectations.proofs import PROOFS
    from expectations.rules import RULES

    return tuple(
        RuleFact(
            id=rule.id,
            gate=rule.gate,
            severity=rule.severity,
            description=rule.description,
            basis=rule.basis,
            owner=rule.owner,
            articles=rule.articles,
            proof=PROOFS.get(rule.id),
        )
        for rule in RULES.values()
    )


def build_release(plan: Plan, accepted: Accepted, computed: Computed) -> Release:
    """Write pages, downloads and database into a finished release that is not served yet."""
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
        rules=rule_facts(),
    )
    draft = new_draft(plan.settings.edition_directory(plan.edition.name) / "releases", inputs.release)
    downloads = beside(write_downloads, computed.marts, plan.catalogue, plan.edition, draft / "site" / "downloads")
    render_site(build_site(computed.marts, plan.catalogue, plan.edition, facts), draft / "site")
    downloads.result()
    shutil.copyfile(warehouse_of(plan), draft / "warehouse.duckdb")
    counts = {name: frame.height for name, frame in sorted(computed.marts.items())}
    return finish(draft, inputs, {"rows": counts})


def conclude(plan: Plan, release: Release, decision: Decision) -> None:
    """Put an approved release in place, signed where the office has a key, and record the decision.

    Raises:
        RejectedError: the draft was rejected; what is served stays.
    """
    directory = plan.settings.edition_directory(plan.edition.name)
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    told = Publication(release.name, moment, "published", decision.comment, decision.mode, decision.reviewer)
    if decision.verdict == "keep":
        return
    if decision.verdict == "reject":
        record(directory, replace(told, action="rejected"))
        raise RejectedError(
            f"the draft {release.name} was rejected by {decision.reviewer}: {decision.comment}; "
            "what is published stays as it was"
        )
    if decision.mode == "manual":
        add_to_manifest(release, {"review": {"approved": True, **asdict(told)}})
    if plan.settings.signing_key is not None:
        sign(release, plan.settings.signing_key)
    switch_current(release.directory)
    record(directory, told)
