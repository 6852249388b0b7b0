-- One row: one node made of indicators, for one unit in one evaluated period.
with scores as (
    select * from intermediate.int_indicator_scores
),

parameters as (
    select * from reference.parameters
),

gathered as (
    select
        unit_code,
        period,
        node_code,
        list_sum(
            list(effective_weight * score order by indicator_code)
            filter (where state = 'observed')
        ) as score,
        coalesce(max(node_observed_weight), 0)
        / nullif(max(node_applicable_weight), 0) as coverage
    from scores
    group by unit_code, period, node_code
)

select
    gathered.unit_code,
    gathered.period,
    gathered.node_code,
    case
        when gathered.coverage is null then 'not_applicable'
        when gathered.coverage >= parameters.availability - 1e-9 then 'assessed'
        else 'not_assessable'
    end as state,
    case
        when gathered.coverage >= parameters.availability - 1e-9 then gathered.score
    end as score,
    gathered.coverage
from gathered
cross join parameters
