-- One row: one figure that a unit owes, with whether that is due by now, and how it arrived.
with indicators as (
    select * from reference.indicators
),

applicability as (
    select * from reference.applicability
),

calendar as (
    select * from reference.calendar
),

units as (
    select * from reference.units
),

run as (
    select * from reference.run
),

observations as (
    select * from staging.stg_observations
),

failing as (
    select distinct
        unit_code,
        indicator_code,
        period
    from staging.stg_findings
    where severity in ('critical', 'warning') and status = 'open'
)

select
    applicability.unit_code,
    indicators.indicator_code,
    calendar.period,
    calendar.last_month,
    calendar.due_month,
    -- Before its deadline nobody is late; what came earlier counts.
    calendar.deadline <= run.as_of or observations.value is not null as is_due,
    observations.value is not null as has_arrived,
    observations.value is not null and failing.period is null as has_passed,
    observations.value is not null
    and observations.first_received_at < calendar.deadline as is_timely
from indicators
inner join applicability on indicators.indicator_code = applicability.indicator_code
inner join calendar on indicators.frequency = calendar.frequency
-- A unit owes whole periods of its existence.
inner join units
    on
        applicability.unit_code = units.unit_code
        and (
            units.valid_from is null
            or calendar.first_month >= year(units.valid_from) * 12 + month(units.valid_from) - 1
        )
        and (
            units.valid_to is null
            or calendar.last_month <= year(units.valid_to) * 12 + month(units.valid_to) - 1
        )
cross join run
left join observations
    on
        applicability.unit_code = observations.unit_code
        and indicators.indicator_code = observations.indicator_code
        and calendar.period = observations.period
left join failing
    on
        applicability.unit_code = failing.unit_code
        and indicators.indicator_code = failing.indicator_code
        and calendar.period = failing.period
where
    indicators.role = 'reported' and indicators.is_collected and run.has_deadline
