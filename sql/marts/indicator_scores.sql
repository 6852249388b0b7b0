-- One row: one indicator of one unit in one evaluated period: value, score, weight, contribution.
with indicator_values as (
    select * from intermediate.int_indicator_values
),

scores as (
    select * from intermediate.int_indicator_scores
)

select
    indicator_values.unit_code,
    indicator_values.period,
    indicator_values.indicator_code,
    scores.node_code,
    indicator_values.state,
    indicator_values.value,
    indicator_values.value_period,
    indicator_values.age_months,
    indicator_values.method,
    scores.score,
    scores.weight,
    scores.effective_weight,
    scores.effective_weight * scores.score as contribution
from indicator_values
left join scores on indicator_values.cell_order = scores.cell_order
order by indicator_values.cell_order
