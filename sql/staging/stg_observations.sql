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

counted as (
    select
        series_order,
        period,
        min(received_at) as first_received_at,
        count(*) as vintages
    from known
    group by series_order, period
),

-- The last received wins; received at one moment, the edition's preferred source. Snapshot and
-- location decide the rest, so that the order of rows never does.
newest as (
    select
        known.series_order,
        known.period,
        min(known.received_at) as first_received_at,
        arg_max(
            known, row(known.received_at, -known.source_priority, known.snapshot, known.location)
        ) as vintage
    from known
    inner join counted
        on known.series_order = counted.series_order and known.period = counted.period
    where counted.vintages > 1
    group by known.series_order, known.period
),

-- Most figures were received once, and there is nothing to choose.
chosen as (
    select
        known.series_order,
        known.period,
        known as vintage,
        counted.first_received_at
    from known
    inner join counted
        on known.series_order = counted.series_order and known.period = counted.period
    where counted.vintages = 1
    union all by name
    select
        series_order,
        period,
        vintage,
        first_received_at
    from newest
)

select
    chosen.vintage.unit_code,
    chosen.vintage.indicator_code,
    chosen.series_order,
    chosen.period,
    chosen.vintage.value,
    chosen.vintage.origin,
    chosen.vintage.status,
    chosen.vintage.source_id,
    chosen.vintage.snapshot,
    chosen.vintage.location,
    chosen.vintage.received_at,
    chosen.vintage.source_note,
    chosen.first_received_at,
    case
        when chosen.period like '____-Q_' then 3
        when chosen.period like '____-__' then 1
        else 12
    end as span_months,
    (left(chosen.period, 4))::integer * 12 + case
        when chosen.period like '____-Q_'
            then (right(chosen.period, 1))::integer * 3
        when chosen.period like '____-__'
            then (right(chosen.period, 2))::integer
        else 12
    end - 1 as last_month
from chosen
