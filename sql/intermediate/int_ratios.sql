-- One row: one indicator that is a ratio of two others, both over their windows.
with indicators as (
    select * from reference.indicators
),

observed as (
    select * from intermediate.int_observed_values
),

sums as (
    select * from intermediate.int_sums
),

frequencies as (
    select
        indicator_code,
        frequency
    from reference.indicators
),

-- A figure published for a sum serves where its addends are missing, unit by unit.
quantities as (
    select observed.*
    from observed
    left join sums
        on
            observed.unit_code = sums.unit_code
            and observed.indicator_code = sums.indicator_code
            and observed.period = sums.period
    where sums.value is null
    union all by name
    select *
    from sums
)

select
    numerators.unit_code,
    indicators.indicator_code,
    numerators.period,
    indicators.scale * numerators.value / nullif(denominators.value, 0) as value,
    case
        when numerators.window_end <= denominators.window_end
            then numerators.value_period
        else denominators.value_period
    end as value_period,
    least(numerators.window_end, denominators.window_end) as window_end,
    greatest(numerators.age_months, denominators.age_months) as age_months
from indicators
inner join quantities as numerators
    on indicators.numerator_code = numerators.indicator_code
inner join quantities as denominators
    on
        indicators.denominator_code = denominators.indicator_code
        and numerators.unit_code = denominators.unit_code
        and numerators.period = denominators.period
inner join frequencies as numerator_frequencies
    on indicators.numerator_code = numerator_frequencies.indicator_code
inner join frequencies as denominator_frequencies
    on indicators.denominator_code = denominator_frequencies.indicator_code
where
    denominators.value <> 0
    -- Figures of one frequency must be of one window; a yearly stock may serve later flows.
    and (
        numerators.window_end = denominators.window_end
        or numerator_frequencies.frequency <> denominator_frequencies.frequency
    )
