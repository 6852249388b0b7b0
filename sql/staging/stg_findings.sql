-- One row: one problem that reading or the first gate found, with what has become of it by as_of.
with findings as (
    select * from landing.findings
),

snapshots as (
    select * from landing.snapshots
),

run as (
    select * from reference.run
),

explanations as (
    select * from reference.explanations
),

observations as (
    select * from staging.stg_observations
),

explained as (
    select explanations.*
    from explanations
    cross join run
    where explanations.given_on <= run.as_of::date
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
    case
        -- A figure of a later file stands where the one with the problem stood.
        when
            observations.snapshot <> findings.snapshot
            and observations.received_at > snapshots.received_at
            then 'corrected'
        when explained.rule is not null then 'explained'
        else findings.status
    end as status,
    explained.text_zh as explanation_zh,
    explained.text_en as explanation_en,
    explained.given_by_zh as explained_by_zh,
    explained.given_by_en as explained_by_en,
    explained.given_on as explained_on
from findings
left join snapshots on findings.snapshot = snapshots.sha256
left join explained
    on
        findings.rule = explained.rule
        and findings.unit_code = explained.unit_code
        and findings.indicator_code = explained.indicator_code
        and findings.period = explained.period
left join observations
    on
        findings.unit_code = observations.unit_code
        and findings.indicator_code = observations.indicator_code
        and findings.period = observations.period
