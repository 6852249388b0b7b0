-- One row: one indicator of one unit in one evaluated period: its value, or why there is none.
with grid as (
    select * from intermediate.int_grid
),

indicators as (
    select * from reference.indicators
),

applicability as (
    select * from reference.applicability
),

observed as (
    select * from intermediate.int_observed_values
),

reporting as (
    select
        reporting.unit_code,
        indicators.indicator_code,
        reporting.period,
        reporting.value,
        reporting.period as value_period,
        reporting.month_number as window_end,
        0 as age_months,
        'system' as method,
        1 as preference
    from intermediate.int_reporting as reporting
    inner join reference.indicators as indicators
        on reporting.measure = indicators.system_measure
),

candidates as (
    select
        *,
        'computed' as method,
        1 as preference
    from intermediate.int_sums
    union all by name
    select
        *,
        'computed' as method,
        1 as preference
    from intermediate.int_ratios
    union all by name
    select
        *,
        'computed' as method,
        1 as preference
    from intermediate.int_declines
    union all by name
    select * from reporting
    union all by name
    select
        observed.*,
        case when indicators.role = 'reported' then 'reported' else 'published' end
            as method,
        2 as preference
    from observed
    inner join indicators on observed.indicator_code = indicators.indicator_code
),

best as (
    select * from candidates
    qualify
        row_number() over (
            partition by unit_code, indicator_code, period order by preference
        ) = 1
)

select
    grid.unit_code,
    grid.kind,
    grid.period,
    grid.sequence,
    grid.month_number,
    indicators.indicator_code,
    indicators.node_code,
    case
        when best.value is not null then 'observed'
        when applicability.unit_code is null then 'not_applicable'
        else 'missing'
    end as state,
    best.value,
    best.value_period,
    best.window_end,
    best.age_months,
    best.method
from grid
cross join indicators
left join applicability
    on
        grid.unit_code = applicability.unit_code
        and indicators.indicator_code = applicability.indicator_code
left join best
    on
        grid.unit_code = best.unit_code
        and indicators.indicator_code = best.indicator_code
        and grid.period = best.period
order by grid.unit_code, grid.sequence, indicators.indicator_code
