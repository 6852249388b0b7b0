-- One row: one indicator of one unit in one evaluated period with its score and weight.
with indicator_values as (
    select * from intermediate.int_indicator_values
),

indicators as (
    select * from reference.indicators
),

scored as (
    select
        indicator_values.*,
        indicators.weight,
        case
            when indicators.node_code is not null
                then goalpost_score(
                    indicator_values.value, indicators.worst, indicators.best
                )
        end as score
    from indicator_values
    inner join indicators
        on indicator_values.indicator_code = indicators.indicator_code
)

select
    scored.*,
    sum(case when state = 'observed' then weight end) over node as observed_weight,
    sum(case when state <> 'not_applicable' then weight end) over node
        as applicable_weight,
    case
        when node_code is not null and state = 'observed'
            then weight / sum(case when state = 'observed' then weight end) over node
    end as effective_weight
from scored
window
    node as (
        partition by unit_code, period, node_code
        order by indicator_code
        rows between unbounded preceding and unbounded following
    )
order by unit_code, sequence, indicator_code
