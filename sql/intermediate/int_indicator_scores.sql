-- One row: one scored indicator of one unit in one evaluated period with its score and weight.
with indicator_values as (
    select * from intermediate.int_indicator_values
),

indicators as (
    select * from reference.indicators
    where node_code is not null
),

scored as (
    select
        indicator_values.unit_code,
        indicator_values.period,
        indicator_values.grid_order,
        indicator_values.cell_order,
        indicators.indicator_code,
        indicators.node_code,
        indicator_values.state,
        indicators.weight,
        case when indicator_values.state = 'observed' then indicators.weight end
            as observed_weight,
        case when indicator_values.state <> 'not_applicable' then indicators.weight end
            as applicable_weight,
        goalpost_score(indicator_values.value, indicators.worst, indicators.best) as score
    from indicator_values
    inner join indicators
        on indicator_values.indicator_code = indicators.indicator_code
),

node_weights as (
    select
        grid_order,
        node_code,
        -- Decimals add up to the same bits in any order.
        sum(observed_weight::decimal(18, 12))::double as node_observed_weight,
        sum(applicable_weight::decimal(18, 12))::double as node_applicable_weight
    from scored
    group by grid_order, node_code
)

select
    scored.unit_code,
    scored.period,
    scored.cell_order,
    scored.indicator_code,
    scored.node_code,
    scored.state,
    scored.weight,
    scored.score,
    node_weights.node_observed_weight,
    node_weights.node_applicable_weight,
    scored.observed_weight / node_weights.node_observed_weight as effective_weight
from scored
inner join node_weights
    on
        scored.grid_order = node_weights.grid_order
        and scored.node_code = node_weights.node_code
