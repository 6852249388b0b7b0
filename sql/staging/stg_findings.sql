-- One row: one problem that reading or the first gate found, with the file it stands in.
with findings as (
    select * from landing.findings
),

snapshots as (
    select * from landing.snapshots
)

select
    findings.rule,
    findings.severity,
    findings.unit_code,
    findings.indicator_code,
    findings.period,
    findings.value,
    findings.reference,
    coalesce(findings.file, snapshots.file) as file,
    findings.location,
    findings.snapshot,
    findings.source_id,
    findings.message_zh,
    findings.message_en,
    findings.status
from findings
left join snapshots on findings.snapshot = snapshots.sha256
