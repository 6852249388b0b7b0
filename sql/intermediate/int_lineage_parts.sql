-- One row: one received indicator that one value rests on, with the period it is taken from.
with periods as (
    select * from reference.periods
),

scope as (
    select * from reference.lineage_scope
),

dependencies as (
    select * from reference.dependencies
),

all_values as (
    select * from intermediate.int_indicator_values
),

indicator_values as (
    select all_values.*
    from all_values
    inner join scope on all_values.period = scope.period
    where all_values.state = 'observed'
),

-- What was received stands for itself, also where it was published for a derived indicator.
received_parts as (
    select
        unit_code,
        indicator_code,
        period,
        'current' as part,
        indicator_code as component_code,
        period as component_period
    from indicator_values
    where method in ('reported', 'published')
),

computed_parts as (
    select
        indicator_values.unit_code,
        indicator_values.indicator_code,
        indicator_values.period,
        dependencies.part,
        dependencies.component_code,
        case
            when dependencies.part = 'base' then base_periods.period
            else indicator_values.period
        end as component_period
    from indicator_values
    inner join dependencies on indicator_values.indicator_code = dependencies.indicator_code
    left join periods as base_periods
        on dependencies.base_year * 12 + 11 = base_periods.month_number
    where indicator_values.method = 'computed'
)

select *
from received_parts
union all by name
select *
from computed_parts
