-- One row: what one point of one side moved the synergy degree of one unit since one base period.
with bases as (
    select * from intermediate.int_bases
    where base_kind <> 'base_year'
),

synergy as (
    select * from intermediate.int_synergy
    where state = 'assessed'
),

parameters as (
    select * from reference.parameters
),

paired as (
    select
        bases.unit_code,
        bases.period,
        bases.grid_order,
        bases.base_kind,
        parameters.pollution_node,
        parameters.carbon_node,
        parameters.weight_pollution,
        parameters.weight_carbon,
        now.p_score as p,
        now.k_score as k,
        base.p_score as base_p,
        base.k_score as base_k,
        now.d_modified as degree,
        base.d_modified as base_degree,
        synergy_degree(
            now.p_score,
            base.k_score,
            parameters.weight_pollution,
            parameters.weight_carbon
        ) as pollution_alone,
        synergy_degree(
            base.p_score,
            now.k_score,
            parameters.weight_pollution,
            parameters.weight_carbon
        ) as carbon_alone
    from bases
    cross join parameters
    inner join synergy as now
        on bases.unit_code = now.unit_code and bases.period = now.period
    inner join synergy as base
        on bases.unit_code = base.unit_code and bases.base_period = base.period
),

-- The mean over both orders in which the two sides can have moved (Shapley): the two effects add
-- up to the change, and a side that stood still has none.
sides as (
    select
        grid_order,
        base_kind,
        unit_code,
        period,
        pollution_node as node_code,
        p - base_p as change,
        p as own,
        weight_pollution as own_weight,
        k as other,
        base_k as other_base,
        weight_carbon as other_weight,
        ((pollution_alone - base_degree) + (degree - carbon_alone)) / 2 as effect
    from paired
    union all by name
    select
        grid_order,
        base_kind,
        unit_code,
        period,
        carbon_node as node_code,
        k - base_k as change,
        k as own,
        weight_carbon as own_weight,
        p as other,
        base_p as other_base,
        weight_pollution as other_weight,
        ((carbon_alone - base_degree) + (degree - pollution_alone)) / 2 as effect
    from paired
),

moved as (
    select
        grid_order,
        base_kind,
        unit_code,
        period,
        node_code,
        effect / (100 * change) as slope
    from sides
    where abs(change) >= 1e-11
),

-- Where the parts of a side cancel there is no secant; the slope across the point stands for it.
stood as (
    select
        grid_order,
        base_kind,
        unit_code,
        period,
        node_code,
        own_weight,
        other_weight,
        other,
        other_base,
        greatest(own - 1e-6, 0) as below,
        least(own + 1e-6, 1) as above
    from sides
    where abs(change) < 1e-11
)

select *
from moved
union all by name
select
    grid_order,
    base_kind,
    unit_code,
    period,
    node_code,
    (
        synergy_degree(above, other, own_weight, other_weight)
        - synergy_degree(below, other, own_weight, other_weight)
        + synergy_degree(above, other_base, own_weight, other_weight)
        - synergy_degree(below, other_base, own_weight, other_weight)
    )
    / (200 * (above - below)) as slope
from stood
