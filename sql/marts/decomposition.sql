-- One row: the effect of one factor on one quantity of one unit since one base period.
with bases as (
    select * from intermediate.int_bases
    where base_kind <> 'previous_period'
),

chain_factors as (
    select * from reference.chain_factors
),

indicators as (
    select
        indicator_code,
        frequency
    from reference.indicators
),

factor_counts as (
    select
        quantity_code,
        count(*) as factors_needed
    from chain_factors
    group by quantity_code
),

indicator_values as (
    select * from intermediate.int_indicator_values
    where state = 'observed'
),

amounts as (
    select * from indicator_values
    where indicator_code in (select amount_code from chain_factors)
),

factors as (
    select
        quantities.grid_order,
        quantities.indicator_code as quantity_code,
        quantities.value as quantity,
        quantities.window_end,
        chain_factors.factor_code,
        chain_factors.position,
        chain_factors.previous_code,
        numerators.value as amount,
        count(*) over (
            partition by quantities.grid_order, quantities.indicator_code
        ) as factors_known
    from amounts as quantities
    inner join chain_factors on quantities.indicator_code = chain_factors.quantity_code
    inner join amounts as numerators
        on
            chain_factors.amount_code = numerators.indicator_code
            and quantities.grid_order = numerators.grid_order
    inner join indicators as quantity_indicators
        on quantities.indicator_code = quantity_indicators.indicator_code
    inner join indicators as amount_indicators
        on chain_factors.amount_code = amount_indicators.indicator_code
    where
        -- Figures of one frequency must be of one window; a yearly stock may serve later flows.
        numerators.window_end = quantities.window_end
        or amount_indicators.frequency <> quantity_indicators.frequency
),

-- Each factor is its amount over the one before it. Of two zeros it is not known.
states as (
    select
        factors.grid_order,
        factors.quantity_code,
        factors.quantity,
        factors.window_end,
        factors.factor_code,
        factors.position,
        case
            when factors.previous_code is null then factors.amount
            else factors.amount / nullif(previous.value, 0)
        end as factor,
        coalesce(previous.value = 0 and factors.amount > 0, false) as is_undefined
    from factors
    inner join factor_counts on factors.quantity_code = factor_counts.quantity_code
    left join amounts as previous
        on
            factors.previous_code = previous.indicator_code
            and factors.grid_order = previous.grid_order
    where factors.factors_known = factor_counts.factors_needed
),

compared as (
    select
        bases.unit_code,
        bases.period,
        bases.sequence,
        bases.base_kind,
        bases.base_period,
        now.quantity_code,
        now.factor_code,
        now.position,
        base.quantity as base_quantity,
        now.quantity,
        -- A factor that is not known of one state is taken not to have moved (the limit).
        coalesce(base.factor, now.factor, 1) as base_factor,
        coalesce(now.factor, base.factor, 1) as factor,
        bool_or(now.is_undefined or base.is_undefined) over (
            partition by bases.grid_order, bases.base_kind, now.quantity_code
        ) as is_undefined
    from bases
    inner join states as now on bases.grid_order = now.grid_order
    inner join states as base
        on
            bases.base_grid_order = base.grid_order
            and now.quantity_code = base.quantity_code
            and now.factor_code = base.factor_code
    where
        windows_compare(
            bases.base_kind, now.window_end, base.window_end, bases.base_month_number
        )
)

select
    unit_code,
    period,
    base_kind,
    base_period,
    quantity_code,
    factor_code,
    position,
    base_factor,
    factor,
    lmdi_effect(base_quantity, quantity, base_factor, factor) as effect,
    base_quantity,
    quantity,
    quantity - base_quantity as change
from compared
where not is_undefined
order by unit_code, sequence, base_kind, quantity_code, position
