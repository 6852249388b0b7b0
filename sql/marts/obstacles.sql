-- One row: how much one indicator or node holds one unit back in one explained period.
with grid as (
    select * from intermediate.int_grid
),

scores as (
    select * from intermediate.int_indicator_scores
    where
        state <> 'not_applicable'
        and period in (select period from reference.explained_periods)
),

nodes as (
    select * from intermediate.int_node_shares
    where
        parent_code is not null
        and period in (select period from reference.explained_periods)
),

parameters as (
    select * from reference.parameters
),

gathered as (
    select
        scores.unit_code,
        scores.period,
        'indicator' as level,
        scores.node_code,
        scores.indicator_code,
        scores.state,
        scores.score,
        scores.weight / scores.node_applicable_weight * nodes.index_share as weight
    from scores
    inner join nodes
        on
            scores.unit_code = nodes.unit_code
            and scores.period = nodes.period
            and scores.node_code = nodes.node_code
    union all by name
    select
        unit_code,
        period,
        level,
        node_code,
        state,
        score,
        index_share as weight
    from nodes
),

degrees as (
    select
        gathered.*,
        grid.grid_order,
        obstacle_degree(gathered.score / 100, gathered.weight) as obstacle_degree
    from gathered
    inner join grid
        on gathered.unit_code = grid.unit_code and gathered.period = grid.period
),

degree_sums as (
    select
        grid_order,
        level,
        -- Decimals add up to the same bits in any order.
        sum(obstacle_degree::decimal(18, 15))::double as degree_sum
    from degrees
    group by grid_order, level
)

select
    degrees.unit_code,
    degrees.period,
    degrees.level,
    degrees.node_code,
    degrees.indicator_code,
    degrees.state,
    degrees.score,
    degrees.weight,
    degrees.obstacle_degree,
    degrees.obstacle_degree / nullif(degree_sums.degree_sum, 0) as share,
    case
        when degrees.obstacle_degree is not null
            then
                rank() over (
                    partition by degrees.grid_order, degrees.level
                    order by
                        round(degrees.obstacle_degree, parameters.rounding_digits)
                        desc nulls last
                )
    end as rank
from degrees
cross join parameters
inner join degree_sums
    on degrees.grid_order = degree_sums.grid_order and degrees.level = degree_sums.level
order by
    degrees.grid_order,
    degrees.level,
    degrees.node_code,
    degrees.indicator_code
