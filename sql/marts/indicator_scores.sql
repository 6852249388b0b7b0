-- One row: one indicator of one unit in one evaluated period: value, score, weight, contribution.
with scores as (
    select * from intermediate.int_indicator_scores
)

select
    unit_code,
    period,
    indicator_code,
    node_code,
    state,
    value,
    value_period,
    age_months,
    method,
    score,
    weight,
    effective_weight,
    effective_weight * score as contribution
from scores
order by unit_code, sequence, indicator_code
