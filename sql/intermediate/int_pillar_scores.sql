-- One row: one pillar of one unit and period; a sub-index that is not assessable leaves it empty.
with leaves as (
    select * from intermediate.int_leaf_scores
),

nodes as (
    select * from staging.stg_nodes
),

pillars as (
    select * from staging.stg_nodes
    where level = 'pillar'
),

parameters as (
    select * from reference.parameters
),

gathered as (
    select
        leaves.unit_code,
        leaves.period,
        nodes.parent_code as node_code,
        list(
            {
                'weight': nodes.weight,
                'score': leaves.score,
                'coverage': leaves.coverage,
                'state': leaves.state
            }
            order by nodes.node_code
        ) filter (where leaves.state <> 'not_applicable') as parts
    from leaves
    inner join nodes on leaves.node_code = nodes.node_code
    where nodes.parent_level = 'pillar'
    group by leaves.unit_code, leaves.period, nodes.parent_code
)

select
    gathered.unit_code,
    gathered.period,
    gathered.node_code,
    node_state(gathered.parts) as state,
    case pillars.aggregation
        when 'geometric'
            then weighted_geometric_mean(gathered.parts, parameters.geometric_floor)
        else weighted_arithmetic_mean(gathered.parts)
    end as score,
    weighted_arithmetic_mean(gathered.parts) as score_arithmetic,
    weighted_coverage(gathered.parts) as coverage
from gathered
inner join pillars on gathered.node_code = pillars.node_code
cross join parameters
