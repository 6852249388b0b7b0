-- One row: one figure that replaced another of the same unit, indicator and period by as_of.
with observations as (
    select * from landing.observations
),

run as (
    select * from reference.run
),

sources as (
    select * from reference.sources
),

-- A reason that was given later was not known at the moment of the run.
corrections as (
    select corrections.*
    from reference.corrections as corrections
    cross join run
    where corrections.given_on <= run.as_of::date
),

snapshots as (
    select * from landing.snapshots
),

-- Most figures were received once and replaced nothing.
repeated as (
    select
        unit_code,
        indicator_code,
        period
    from observations
    group by unit_code, indicator_code, period
    having count(*) > 1
),

-- In the order in which the newest vintage is chosen.
vintages as (
    select
        observations.unit_code,
        observations.indicator_code,
        observations.period,
        observations.value,
        observations.source_id,
        observations.snapshot,
        observations.location,
        observations.received_at,
        lag(observations.value) over vintage as value_before,
        lag(observations.source_id) over vintage as source_before,
        lag(observations.snapshot) over vintage as snapshot_before,
        lag(observations.location) over vintage as location_before,
        lag(observations.received_at) over vintage as received_before
    from observations
    cross join run
    inner join repeated
        on
            observations.unit_code = repeated.unit_code
            and observations.indicator_code = repeated.indicator_code
            and observations.period = repeated.period
    inner join sources on observations.source_id = sources.source_id
    where observations.received_at <= run.as_of
    window
        vintage as (
            partition by
                observations.unit_code,
                observations.indicator_code,
                observations.period
            order by
                observations.received_at,
                -sources.priority,
                observations.snapshot,
                observations.location
        )
)

select
    vintages.unit_code,
    vintages.indicator_code,
    vintages.period,
    vintages.value_before,
    vintages.value as value_after,
    100 * (vintages.value / nullif(vintages.value_before, 0) - 1) as change_percent,
    vintages.received_before,
    vintages.received_at as received_after,
    vintages.source_before,
    vintages.source_id as source_after,
    files_before.file as file_before,
    vintages.location_before,
    files_after.file as file_after,
    vintages.location as location_after,
    vintages.snapshot_before,
    vintages.snapshot as snapshot_after,
    corrections.text_zh as reason_zh,
    corrections.text_en as reason_en,
    corrections.given_by_zh as reason_by_zh,
    corrections.given_by_en as reason_by_en,
    corrections.given_on as reason_given_on
from vintages
left join snapshots as files_before on vintages.snapshot_before = files_before.sha256
left join snapshots as files_after on vintages.snapshot = files_after.sha256
left join corrections
    on
        vintages.unit_code = corrections.unit_code
        and vintages.indicator_code = corrections.indicator_code
        and vintages.period = corrections.period
where vintages.value_before is not null and vintages.value <> vintages.value_before
order by all
