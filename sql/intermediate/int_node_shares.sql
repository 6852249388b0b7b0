-- One row: what one node of one unit and period carries in the node above and in the index.
with leaves as (
    select * from intermediate.int_leaf_scores
),

pillars as (
    select * from intermediate.int_pillar_scores
),

tops as (
    select * from intermediate.int_index_scores
),

nodes as (
    select * from staging.stg_nodes
),

parameters as (
    select * from reference.parameters
),

scored as (
    select
        unit_code,
        period,
        node_code,
        state,
        score
    from leaves
    union all by name
    select
        unit_code,
        period,
        node_code,
        state,
        score
    from pillars
    union all by name
    select
        unit_code,
        period,
        node_code,
        state,
        score
    from tops
),

applicable as (
    select
        scored.unit_code,
        scored.period,
        scored.node_code,
        nodes.level,
        nodes.parent_code,
        scored.state,
        scored.score,
        -- Decimals add up to the same bits in any order.
        nodes.weight / sum(nodes.weight::decimal(18, 12)) over (
            partition by scored.unit_code, scored.period, nodes.parent_code
        )::double as share
    from scored
    inner join nodes on scored.node_code = nodes.node_code
    where scored.state <> 'not_applicable'
),

placed as (
    select
        applicable.*,
        parents.share as parent_share,
        parent_nodes.aggregation = 'geometric' as is_geometric,
        parents.score as parent_score,
        case
            when parent_nodes.aggregation = 'geometric'
                then greatest(applicable.score, parameters.geometric_floor)
            else applicable.score
        end as counted_score
    from applicable
    cross join parameters
    left join nodes as parent_nodes on applicable.parent_code = parent_nodes.node_code
    left join applicable as parents
        on
            applicable.unit_code = parents.unit_code
            and applicable.period = parents.period
            and applicable.parent_code = parents.node_code
),

-- A weighted geometric mean G of scores m is the arithmetic mean of them with the weights
-- ω / L(m, G): Σ ω · (m − G) / L(m, G) = Σ ω · ln(m / G) = 0.
leaned as (
    select
        *,
        case
            when parent_score is null then null
            when is_geometric then share / log_mean(counted_score, parent_score)
            else share
        end as leaning
    from placed
),

leaning_sums as (
    select
        unit_code,
        period,
        parent_code,
        list_sum(list(leaning order by node_code)) as leaning_sum
    from leaned
    where is_geometric
    group by unit_code, period, parent_code
)

select
    leaned.unit_code,
    leaned.period,
    leaned.node_code,
    leaned.level,
    leaned.parent_code,
    leaned.state,
    leaned.score,
    leaned.counted_score,
    leaned.share,
    -- The share of the index's weight within what applies to the unit.
    leaned.share * coalesce(leaned.parent_share, 1) as index_share,
    leaned.leaning / coalesce(leaning_sums.leaning_sum, 1) as counted_share
from leaned
left join leaning_sums
    on
        leaned.unit_code = leaning_sums.unit_code
        and leaned.period = leaning_sums.period
        and leaned.parent_code = leaning_sums.parent_code
