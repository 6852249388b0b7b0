-- One row: the newest vintage known at as_of of one figure (unit, indicator, period).
with observations as (
    select * from landing.observations
),

run as (
    select * from reference.run
),

sources as (
    select * from reference.sources
),

known as (
    select
        observations.*,
        sources.priority as source_priority
    from observations
    cross join run
    inner join sources on observations.source_id = sources.source_id
    where observations.received_at <= run.as_of
),

dated as (
    select
        known.*,
        case
            when known.period like '____-Q_' then 3
            when known.period like '____-__' then 1
            else 12
        end as span_months,
        cast(left(known.period, 4) as integer) * 12 + case
            when known.period like '____-Q_'
                then cast(right(known.period, 1) as integer) * 3
            when known.period like '____-__'
                then cast(right(known.period, 2) as integer)
            else 12
        end - 1 as last_month,
        min(known.received_at) over (
            partition by known.unit_code, known.indicator_code, known.period
        ) as first_received_at,
        row_number() over (
            partition by known.unit_code, known.indicator_code, known.period
            order by
                known.received_at desc,
                known.source_priority asc,
                known.snapshot asc,
                known.location asc
        ) as vintage_order
    from known
)

select
    unit_code,
    indicator_code,
    period,
    value,
    origin,
    status,
    source_id,
    snapshot,
    location,
    received_at,
    source_note,
    span_months,
    last_month,
    first_received_at
from dated
where vintage_order = 1
