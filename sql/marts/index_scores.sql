-- One row: one node of the index (index, pillar or sub-index) of one unit in one evaluated period.
with grid as (
    select * from intermediate.int_grid
),

nodes as (
    select * from staging.stg_nodes
),

leaves as (
    select * from intermediate.int_leaf_scores
),

pillars as (
    select * from intermediate.int_pillar_scores
),

tops as (
    select * from intermediate.int_index_scores
),

parameters as (
    select * from reference.parameters
),

bands as (
    select * from reference.bands
),

gathered as (
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        score as score_arithmetic,
        coverage
    from leaves
    union all by name
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        score_arithmetic,
        coverage
    from pillars
    union all by name
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        score_arithmetic,
        coverage
    from tops
),

placed as (
    select
        grid.unit_code,
        grid.grid_order,
        grid.period,
        grid.sequence,
        grid.kind,
        grid.peer_group,
        grid.is_ranked,
        nodes.node_code,
        nodes.level,
        coalesce(gathered.state, 'not_assessable') as state,
        gathered.score,
        gathered.score_arithmetic,
        coalesce(gathered.coverage, 0) as coverage,
        -- Equal to the published precision means equal in rank and band.
        round(gathered.score, parameters.rounding_digits) as rounded_score,
        grid.is_ranked and gathered.state = 'assessed' as takes_part
    from grid
    cross join nodes
    cross join parameters
    left join gathered
        on
            grid.unit_code = gathered.unit_code
            and grid.period = gathered.period
            and nodes.node_code = gathered.node_code
),

ranked as (
    select
        placed.*,
        case when takes_part then rank() over everybody end as rank,
        case when takes_part and peer_group is not null then rank() over peers end as group_rank,
        case
            when takes_part
                then
                    count(*)
                        over (everybody rows between unbounded preceding and unbounded following)
        end as ranked_units,
        case
            when takes_part and peer_group is not null
                then count(*) over (peers rows between unbounded preceding and unbounded following)
        end as group_units
    from placed
    window
        everybody as (
            partition by sequence, node_code, kind, takes_part
            order by rounded_score desc
        ),
        peers as (
            partition by sequence, node_code, kind, takes_part, peer_group
            order by rounded_score desc
        )
)

select
    ranked.unit_code,
    ranked.period,
    ranked.node_code,
    ranked.level,
    ranked.state,
    ranked.score,
    ranked.score_arithmetic,
    ranked.coverage,
    bands.band,
    ranked.rank,
    ranked.group_rank,
    ranked.ranked_units,
    ranked.group_units
from ranked
left join bands
    on
        ranked.level = bands.scheme
        and ranked.rounded_score >= bands.lower
        and (ranked.rounded_score < bands.upper or bands.is_last)
order by ranked.grid_order, ranked.node_code
