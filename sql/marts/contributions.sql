-- One row: the points one indicator (or a node without indicators) gives the nodes above it.
with scores as (
    select * from intermediate.int_indicator_scores
    where
        state = 'observed'
        and period in (select period from reference.explained_periods)
),

nodes as (
    select * from intermediate.int_node_shares
    where
        state = 'assessed'
        and period in (select period from reference.explained_periods)
),

parents as (
    select * from staging.stg_nodes
),

coupling_nodes as (
    select node_code from staging.stg_nodes
    where takes = 'synergy_degree'
),

items as (
    select
        unit_code,
        period,
        node_code,
        indicator_code,
        score,
        effective_weight as weight
    from scores
    union all by name
    select
        nodes.unit_code,
        nodes.period,
        nodes.node_code,
        nodes.score,
        1.0 as weight
    from nodes
    inner join coupling_nodes on nodes.node_code = coupling_nodes.node_code
),

-- A node that scores below the floor of a geometric mean counts with the floor: what the floor
-- lends it is lent to its parts by their weight.
in_parents as (
    select
        items.unit_code,
        items.period,
        items.node_code,
        items.indicator_code,
        items.score,
        items.weight,
        nodes.parent_code,
        nodes.counted_share,
        nodes.index_share,
        items.weight * items.score as to_node,
        nodes.counted_share
        * items.weight
        * (items.score + nodes.counted_score - nodes.score) as to_parent
    from items
    inner join nodes
        on
            items.unit_code = nodes.unit_code
            and items.period = nodes.period
            and items.node_code = nodes.node_code
),

in_index as (
    select
        in_parents.*,
        parents.level = 'index' as hangs_on_the_index,
        pillars.counted_share
        * (
            in_parents.to_parent
            + in_parents.counted_share
            * in_parents.weight
            * (pillars.counted_score - pillars.score)
        ) as through_pillar
    from in_parents
    inner join parents on in_parents.parent_code = parents.node_code
    left join nodes as pillars
        on
            in_parents.unit_code = pillars.unit_code
            and in_parents.period = pillars.period
            and in_parents.parent_code = pillars.node_code
)

select
    unit_code,
    period,
    node_code,
    indicator_code,
    case when not hangs_on_the_index then parent_code end as pillar_code,
    score,
    weight * index_share as weight,
    to_node,
    case when not hangs_on_the_index then to_parent end as to_pillar,
    case when hangs_on_the_index then to_parent else through_pillar end as to_index
from in_index
order by unit_code, period, node_code, indicator_code
