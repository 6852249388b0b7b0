"""From checked marts to a published release: pages, downloads, database, manifest."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.change_log import write_change_log
from flows.noted_files import as_inputs
from flows.planning import Plan
from flows.review import Decision
from flows.site_pages import SitePages, write_site_pages
from flows.stages import Accepted, Computed, warehouse_of
from flows.step_memory import StepMemory, package_versions, program_digest, source_files
from xietong.errors import RejectedError
from xietong.releases import (
    SIGNATURE,
    Publication,
    Release,
    ReleaseInputs,
    add_to_manifest,
    current_release,
    directory_digest,
    finish,
    is_sound,
    new_draft,
    publications,
    put_in_place,
    record,
    require_whole,
    share_unchanged,
    sign,
)
from xietong.resources import resource_directory

if TYPE_CHECKING:
    from xietong.render import MadePage
    from xietong.report.facts import RuleFact


@dataclass(frozen=True)
class WrittenDraft:
    """A folder with everything of a release but its manifest, beside the releases and not one of them yet.

    ``pages`` tells what each page was made of, ``reused`` how many of them were taken from the release ``earlier``.
    """

    directory: Path
    inputs: ReleaseInputs
    rows: Mapping[str, int]
    pages: Mapping[str, "MadePage"] = field(default_factory=dict)
    reused: int = 0
    earlier: Release | None = None

    @property
    def as_release(self) -> Release:
        """Return the draft in the shape of a release, to be compared with one."""
        return Release(self.inputs.release, self.directory, {"inputs": asdict(self.inputs)})


def release_inputs(plan: Plan, accepted: Accepted, computed: Computed) -> ReleaseInputs:
    """Return everything that decides the bytes of the release."""
    return ReleaseInputs(
        edition=plan.edition.name,
        period=computed.period,
        as_of=computed.as_of.isoformat(),
        method_version=plan.catalogue.index.method_version,
        snapshots=tuple(sorted((snapshot.sha256, snapshot.file) for snapshot in accepted.snapshots)),
        sources_digest=directory_digest(source_files(plan.settings)),
        versions=package_versions(),
        noted=as_inputs(accepted.noted.findings),
    )


def rule_facts() -> tuple["RuleFact", ...]:
    """Return every rule of reading and gates with the proof that it can fail, in their order."""
    from expectations.proofs import PROOFS
    from expectations.rules import RULES
    from xietong.report.facts import RuleFact

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


def write_draft(plan: Plan, accepted: Accepted, computed: Computed) -> WrittenDraft:
    """Write pages, downloads and database into a folder beside the releases and return it.

    A page that was made of the same for the release that is served is taken from there.
    """
    from xietong.render import PageMemory
    from xietong.report import RunFacts
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
        digest=inputs.digest,
    )
    draft = new_draft(plan.settings.edition_directory(plan.edition.name) / "releases", inputs.release)
    served = current_release(plan.settings.edition_directory(plan.edition.name))
    memory = PageMemory(program_digest(inputs), StepMemory(plan).pages_of(served))
    write_site_pages(SitePages(computed.marts, plan.catalogue, plan.edition, facts, draft / "site", memory))
    shutil.copyfile(warehouse_of(plan), draft / "warehouse.duckdb")
    rows = {name: frame.height for name, frame in sorted(computed.marts.items())}
    return WrittenDraft(draft, inputs, rows, memory.made, len(memory.reused), served)


def finish_draft(draft: WrittenDraft, facts: Mapping[str, Any]) -> Release:
    """Give an audited draft its manifest, with these facts, and its name among the releases; it is not served yet.

    What has the bytes it has in the release that is served becomes the same file. Where the release was there
    already and its manifest was damaged, the new one says so, and has the review that the history has.
    """
    if draft.earlier is not None:
        share_unchanged(draft.directory, draft.earlier.directory, draft.earlier.manifest.get("outputs", {}))
    return finish(draft.directory, draft.inputs, {"rows": draft.rows, **facts, **_facts_of_damaged(draft)})


def _facts_of_damaged(draft: WrittenDraft) -> dict[str, Any]:
    """Return what a manifest has to tell that takes the place of a damaged one; nothing where there is none."""
    releases = draft.directory.parent
    damaged = releases / draft.inputs.release
    if not damaged.is_dir() or is_sound(damaged):
        return {}
    told = [each for each in publications(releases.parent) if each.release == draft.inputs.release]
    decisions = [each for each in told if each.action == "rejected" or each.mode == "manual"]
    is_reviewed = bool(decisions) and decisions[-1].action == "published"
    # The same inputs give the same bytes: what was approved under this name is what lies here.
    review = {"review": {"approved": True, **asdict(decisions[-1])}} if is_reviewed else {}
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    return {"rewritten": {"moment": moment, "was_signed": (damaged / SIGNATURE).is_file()}, **review}


def conclude(plan: Plan, release: Release, decision: Decision) -> None:
    """Put an approved release in place, signed where the office has a key, and record the decision.

    Raises:
        RejectedError: the draft was rejected; what is served stays.
        XietongError: the draft has been damaged since it was made; what is served stays.
    """
    directory = plan.settings.edition_directory(plan.edition.name)
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    told = Publication(release.name, moment, "published", decision.comment, decision.mode, decision.reviewer)
    if decision.verdict == "keep":
        return
    if decision.verdict == "reject":
        record(directory, replace(told, action="rejected"))
        write_change_log(directory)
        raise RejectedError(
            f"the draft {release.name} was rejected by {decision.reviewer}: {decision.comment}; "
            "what is published stays as it was"
        )
    require_whole(release)
    if decision.mode == "manual":
        add_to_manifest(release, {"review": {"approved": True, **asdict(told)}})
    if plan.settings.signing_key is not None:
        sign(release, plan.settings.signing_key)
    put_in_place(release, told)
    write_change_log(directory)
