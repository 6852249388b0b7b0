-- One row: the composite index of one unit in one evaluated period.
with leaves as (
    select * from intermediate.int_leaf_scores
),

pillars as (
    select * from intermediate.int_pillar_scores
),

nodes as (
    select * from staging.stg_nodes
),

tops as (
    select * from staging.stg_nodes
    where level = 'index'
),

parameters as (
    select * from reference.parameters
),

children as (
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        coverage
    from pillars
    union all by name
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        coverage
    from leaves
),

gathered as (
    select
        children.unit_code,
        children.period,
        nodes.parent_code as node_code,
        list(
            {
                'weight': nodes.weight,
                'score': children.score,
                'coverage': children.coverage,
                'state': children.state
            }
            order by nodes.node_code
        ) filter (where children.state <> 'not_applicable') as parts
    from children
    inner join nodes on children.node_code = nodes.node_code
    where nodes.parent_level = 'index'
    group by children.unit_code, children.period, nodes.parent_code
)

select
    gathered.unit_code,
    gathered.period,
    gathered.node_code,
    node_state(gathered.parts) as state,
    case tops.aggregation
        when 'geometric'
            then weighted_geometric_mean(gathered.parts, parameters.geometric_floor)
        else weighted_arithmetic_mean(gathered.parts)
    end as score,
    weighted_arithmetic_mean(gathered.parts) as score_arithmetic,
    weighted_coverage(gathered.parts) as coverage
from gathered
inner join tops on gathered.node_code = tops.node_code
cross join parameters
