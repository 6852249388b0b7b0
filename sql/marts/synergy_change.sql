-- One row: how pollution and carbon of one unit moved from one base period to one evaluated period.
with grid as (
    select * from intermediate.int_grid
),

bases as (
    select * from intermediate.int_bases
),

parameters as (
    select * from reference.parameters
),

all_values as (
    select * from intermediate.int_indicator_values
),

-- The three quantities that are compared, out of some hundred indicators.
indicator_values as (
    select all_values.*
    from all_values
    cross join parameters
    where
        all_values.state = 'observed'
        and all_values.indicator_code in (
            parameters.pollution_quantity,
            parameters.carbon_quantity,
            parameters.economy_quantity
        )
),

synergy as (
    select * from intermediate.int_synergy
),

quantities as (
    select
        grid.unit_code,
        grid.period,
        pollution.value as pollution,
        pollution.window_end as pollution_end,
        carbon.value as carbon,
        carbon.window_end as carbon_end,
        economy.value as economy,
        economy.window_end as economy_end,
        synergy.p_score,
        synergy.k_score
    from grid
    cross join parameters
    left join indicator_values as pollution
        on
            grid.unit_code = pollution.unit_code
            and grid.period = pollution.period
            and parameters.pollution_quantity = pollution.indicator_code
    left join indicator_values as carbon
        on
            grid.unit_code = carbon.unit_code
            and grid.period = carbon.period
            and parameters.carbon_quantity = carbon.indicator_code
    left join indicator_values as economy
        on
            grid.unit_code = economy.unit_code
            and grid.period = economy.period
            and parameters.economy_quantity = economy.indicator_code
    left join synergy
        on grid.unit_code = synergy.unit_code and grid.period = synergy.period
),

compared as (
    select
        bases.unit_code,
        bases.period,
        bases.sequence,
        bases.base_kind,
        bases.base_period,
        -- Reduction rates: a fall is positive. Against the period before two windows of twelve
        -- months would share eleven of them.
        case
            when
                windows_compare(
                    bases.base_kind,
                    now.pollution_end,
                    base.pollution_end,
                    bases.base_month_number
                )
                then 1 - now.pollution / nullif(base.pollution, 0)
        end as r_pollution,
        case
            when
                windows_compare(
                    bases.base_kind,
                    now.carbon_end,
                    base.carbon_end,
                    bases.base_month_number
                )
                then 1 - now.carbon / nullif(base.carbon, 0)
        end as r_carbon,
        case
            when
                windows_compare(
                    bases.base_kind,
                    now.economy_end,
                    base.economy_end,
                    bases.base_month_number
                )
                then now.economy / nullif(base.economy, 0) - 1
        end as growth_economy,
        now.p_score - base.p_score as p_change,
        now.k_score - base.k_score as k_change
    from bases
    inner join quantities as now
        on bases.unit_code = now.unit_code and bases.period = now.period
    inner join quantities as base
        on bases.unit_code = base.unit_code and bases.base_period = base.period
),

placed as (
    select
        *,
        synergy_quadrant(r_pollution, r_carbon) as quadrant
    from compared
)

select
    unit_code,
    period,
    base_kind,
    base_period,
    r_pollution,
    r_carbon,
    quadrant,
    -- Only where both moved the same way does a ratio of the rates say anything.
    case when quadrant in ('I', 'III') then cross_elasticity(r_pollution, r_carbon) end
        as els_pollutant_over_co2,
    case when quadrant in ('I', 'III') then cross_elasticity(r_carbon, r_pollution) end
        as els_co2_over_pollutant,
    tapio_state(-r_carbon, growth_economy) as tapio_state,
    p_change,
    k_change,
    case
        when p_change is not null and k_change is not null
            then order_synergy([p_change, k_change])
    end as system_synergy
from placed
order by unit_code, sequence, base_kind
