-- One row: one figure that a unit owes by one month, with whether and how it arrived.
with indicators as (
    select * from reference.indicators
),

applicability as (
    select * from reference.applicability
),

calendar as (
    select * from reference.calendar
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
    observations.value is not null as has_arrived,
    observations.value is not null and failing.period is null as has_passed,
    observations.value is not null
    and observations.first_received_at < calendar.deadline as is_timely
from indicators
inner join applicability on indicators.indicator_code = applicability.indicator_code
inner join calendar on indicators.frequency = calendar.frequency
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
