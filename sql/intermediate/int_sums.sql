-- One row: one indicator that is a weighted sum of reported figures; null addends make no row.
with terms as (
    select * from reference.terms
),

multipliers as (
    select * from intermediate.int_term_multipliers
),

observed as (
    select * from intermediate.int_observed_values
),

term_counts as (
    select
        indicator_code,
        count(*) as terms_needed
    from terms
    group by indicator_code
),

addends as (
    select
        multipliers.indicator_code,
        observed.unit_code,
        observed.period,
        multipliers.term_code,
        observed.value * multipliers.multiplier as addend,
        observed.value_period,
        observed.window_end,
        observed.age_months
    from multipliers
    inner join observed
        on
            multipliers.term_code = observed.indicator_code
            and multipliers.period = observed.period
),

added as (
    select
        addends.unit_code,
        addends.indicator_code,
        addends.period,
        list_sum(list(addends.addend order by addends.term_code)) as value,
        arg_min(addends.value_period, addends.window_end) as value_period,
        min(addends.window_end) as window_end,
        max(addends.window_end) as latest_window_end,
        max(addends.age_months) as age_months,
        count(*) as terms_observed
    from addends
    group by addends.unit_code, addends.indicator_code, addends.period
)

select
    added.unit_code,
    added.indicator_code,
    added.period,
    added.value,
    added.value_period,
    added.window_end,
    added.age_months
from added
inner join term_counts on added.indicator_code = term_counts.indicator_code
where
    added.terms_observed = term_counts.terms_needed
    -- Addends of different windows do not add up to anything.
    and added.window_end = added.latest_window_end
