-- One row: the coupling of pollution and carbon scores of one unit in one evaluated period.
with grid as (
    select * from intermediate.int_grid
),

parameters as (
    select * from reference.parameters
),

sub_indices as (
    select * from intermediate.int_sub_index_scores
),

sides as (
    select
        grid.unit_code,
        grid.period,
        pollution.score / 100 as p_score,
        carbon.score / 100 as k_score,
        parameters.weight_pollution,
        parameters.weight_carbon
    from grid
    cross join parameters
    left join sub_indices as pollution
        on
            grid.unit_code = pollution.unit_code
            and grid.period = pollution.period
            and parameters.pollution_node = pollution.node_code
    left join sub_indices as carbon
        on
            grid.unit_code = carbon.unit_code
            and grid.period = carbon.period
            and parameters.carbon_node = carbon.node_code
),

coupled as (
    select
        unit_code,
        period,
        p_score,
        k_score,
        coupling_degree([p_score, k_score]) as c_standard,
        coupling_degree_modified([p_score, k_score]) as c_modified,
        weight_pollution * p_score + weight_carbon * k_score as t
    from sides
)

select
    unit_code,
    period,
    case
        when p_score is null or k_score is null then 'not_assessable' else 'assessed'
    end as state,
    case
        when p_score is null or k_score is null then 'missing'
        when t = 0 then 'both_zero'
    end as reason,
    p_score,
    k_score,
    c_standard,
    c_modified,
    t,
    coordination_degree(c_standard, t) as d_standard,
    coordination_degree(c_modified, t) as d_modified
from coupled
