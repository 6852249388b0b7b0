-- One row: how far one quantity has fallen since the base year, in percent of its value then.
with indicators as (
    select * from reference.indicators
),

periods as (
    select * from reference.periods
),

observed as (
    select * from intermediate.int_observed_values
),

sums as (
    select * from intermediate.int_sums
),

ratios as (
    select * from intermediate.int_ratios
),

computed as (
    select *
    from sums
    union all by name
    select *
    from ratios
),

-- A figure published for a derived indicator serves where its formula has no result.
quantities as (
    select * from computed
    union all by name
    select observed.*
    from observed
    left join computed
        on
            observed.unit_code = computed.unit_code
            and observed.indicator_code = computed.indicator_code
            and observed.period = computed.period
    where computed.value is null
),

base_values as (
    select
        quantities.unit_code,
        quantities.indicator_code,
        periods.year,
        quantities.value
    from quantities
    inner join periods on quantities.period = periods.period
    where
        periods.month_number % 12 = 11
        -- A window that was carried here ends before the base year does and is not the base.
        and quantities.window_end = periods.month_number
)

select
    quantities.unit_code,
    indicators.indicator_code,
    quantities.period,
    100 * (1 - quantities.value / nullif(base_values.value, 0)) as value,
    quantities.value_period,
    quantities.window_end,
    quantities.age_months
from indicators
inner join quantities on indicators.decline_of = quantities.indicator_code
inner join base_values
    on
        indicators.decline_of = base_values.indicator_code
        and indicators.decline_base_year = base_values.year
        and quantities.unit_code = base_values.unit_code
where base_values.value <> 0
