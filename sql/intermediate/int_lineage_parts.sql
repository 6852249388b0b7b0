-- One row: one received indicator that one value rests on, with the period it is taken from.
with recursive periods as (
    select * from reference.periods
),

scope as (
    select * from reference.lineage_scope
),

direct as (
    select * from reference.dependencies
),

dependencies as (
    select
        direct.indicator_code,
        direct.component_code,
        direct.part,
        base_periods.period as base_period
    from direct
    left join periods as base_periods
        on direct.base_year * 12 + 11 = base_periods.month_number
),

traced_periods as (
    select period from scope
    union
    select base_period from dependencies
    where base_period is not null
),

all_values as (
    select * from intermediate.int_indicator_values
),

indicator_values as (
    select all_values.*
    from all_values
    inner join traced_periods on all_values.period = traced_periods.period
    where all_values.state = 'observed'
),

-- Down from each value to what its formula took, until a figure was received. That may be one
-- published for a derived indicator: its formula had no result, and nothing below it counts.
rests_on as (
    select
        indicator_values.unit_code,
        indicator_values.indicator_code,
        indicator_values.period,
        'current' as part,
        indicator_values.indicator_code as component_code,
        indicator_values.period as component_period,
        indicator_values.method
    from indicator_values
    inner join scope on indicator_values.period = scope.period
    union
    select
        rests_on.unit_code,
        rests_on.indicator_code,
        rests_on.period,
        case when dependencies.part = 'base' then 'base' else rests_on.part end as part,
        components.indicator_code as component_code,
        components.period as component_period,
        components.method
    from rests_on
    inner join dependencies on rests_on.component_code = dependencies.indicator_code
    inner join indicator_values as components
        on
            rests_on.unit_code = components.unit_code
            and dependencies.component_code = components.indicator_code
            and components.period = case
                when dependencies.part = 'base' then dependencies.base_period
                else rests_on.component_period
            end
    where rests_on.method = 'computed'
)

select
    unit_code,
    indicator_code,
    period,
    part,
    component_code,
    component_period
from rests_on
where method in ('reported', 'published')
