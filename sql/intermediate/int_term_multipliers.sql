-- One row: what one addend of a sum is multiplied by in one evaluated period.
with terms as (
    select * from reference.terms
),

periods as (
    select * from reference.periods
),

factors as (
    select * from reference.factors
),

asked as (
    select
        terms.*,
        periods.period,
        coalesce(terms.constant_year, periods.year) as factor_year
    from terms
    cross join periods
),

-- The factor of the year or, until a newer one is announced, the latest before it;
-- before the first announced year, the first.
chosen_factors as (
    select
        asked.indicator_code,
        asked.term_code,
        asked.period,
        arg_max(factors.value, factors.year) filter (
            where factors.year <= asked.factor_year
        ) as value_until,
        arg_min(factors.value, factors.year) as value_first,
        max(factors.year) filter (
            where factors.year <= asked.factor_year and factors.year > 0
        ) as year_until
    from asked
    inner join factors
        on
            asked.factor_code = factors.factor_code
            and (factors.series is null or factors.series = asked.series)
    group by asked.indicator_code, asked.term_code, asked.period
),

divisors as (
    select
        factor_code,
        max(value) as value
    from factors
    group by factor_code
)

select
    asked.indicator_code,
    asked.term_code,
    asked.period,
    asked.coefficient
    * case
        when asked.factor_code is null then 1.0
        else coalesce(chosen_factors.value_until, chosen_factors.value_first)
    end
    / case
        when asked.divisor_code is null then 1.0 else divisors.value
    end as multiplier,
    chosen_factors.year_until as factor_year
from asked
left join chosen_factors
    on
        asked.indicator_code = chosen_factors.indicator_code
        and asked.term_code = chosen_factors.term_code
        and asked.period = chosen_factors.period
left join divisors on asked.divisor_code = divisors.factor_code
