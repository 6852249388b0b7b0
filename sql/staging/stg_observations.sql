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

units as (
    select * from reference.units
),

indicators as (
    select * from reference.indicators
),

known as (
    select
        units.unit_code,
        indicators.indicator_code,
        -- One number for the series of a unit's indicator: it sorts and joins faster than words.
        units.unit_order * 100000::bigint + indicators.indicator_order as series_order,
        observations.period,
        observations.value,
        observations.origin,
        observations.status,
        observations.source_id,
        observations.snapshot,
        observations.location,
        observations.received_at,
        observations.source_note,
        sources.priority as source_priority
    from observations
    cross join run
    inner join sources on observations.source_id = sources.source_id
    inner join units on observations.unit_code = units.unit_code
    inner join indicators on observations.indicator_code = indicators.indicator_code
    where observations.received_at <= run.as_of
),

-- The last received wins; received at one moment, the edition's preferred source. Snapshot and
-- location decide the rest, so that the order of rows never does.
newest as (
    select
        series_order,
        period,
        min(received_at) as first_received_at,
        arg_max(
            known, row(received_at, -source_priority, snapshot, location)
        ) as vintage
    from known
    group by series_order, period
)

select
    newest.vintage.unit_code,
    newest.vintage.indicator_code,
    newest.series_order,
    newest.period,
    newest.vintage.value,
    newest.vintage.origin,
    newest.vintage.status,
    newest.vintage.source_id,
    newest.vintage.snapshot,
    newest.vintage.location,
    newest.vintage.received_at,
    newest.vintage.source_note,
    newest.first_received_at,
    case
        when newest.period like '____-Q_' then 3
        when newest.period like '____-__' then 1
        else 12
    end as span_months,
    (left(newest.period, 4))::integer * 12 + case
        when newest.period like '____-Q_'
            then (right(newest.period, 1))::integer * 3
        when newest.period like '____-__'
            then (right(newest.period, 2))::integer
        else 12
    end - 1 as last_month
from newest
