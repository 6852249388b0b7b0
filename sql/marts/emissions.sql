-- One row: CO2 of one source (fuel, electricity, or total) of one unit and period, by one series.
with inventories as (
    select * from reference.inventories
    where kind = 'emissions'
),

indirect_sources as (
    select * from reference.indirect_sources
),

terms as (
    select * from reference.terms
),

factors as (
    select * from reference.factors
),

multipliers as (
    select * from intermediate.int_term_multipliers
),

observed as (
    select * from intermediate.int_observed_values
),

sums as (
    select * from intermediate.int_sums
    where period in (select period from reference.explained_periods)
),

first_years as (
    select
        factor_code,
        series,
        min(year) as first_year
    from factors
    where year > 0
    group by factor_code, series
),

sources as (
    select
        terms.indicator_code,
        terms.term_code,
        terms.coefficient,
        case
            when terms.constant_year is null then terms.series else 'constant'
        end as series,
        first_years.first_year,
        case
            when indirect_sources.source_code is null then 'direct' else 'indirect'
        end as scope
    from terms
    inner join inventories on terms.indicator_code = inventories.indicator_code
    left join indirect_sources on terms.term_code = indirect_sources.source_code
    left join first_years
        on
            terms.factor_code = first_years.factor_code
            and (first_years.series is null or terms.series = first_years.series)
),

series_of_sums as (
    select distinct
        indicator_code,
        series
    from sources
),

-- Only sums that exist: the addends of an unknown total are no inventory.
by_source as (
    select
        sums.unit_code,
        sums.period,
        sums.value_period,
        sources.indicator_code,
        sources.series,
        sources.scope,
        sources.term_code::varchar as source_code,
        observed.value as activity,
        -- As announced: what multiplying by the coefficient left in the last digit goes.
        round(multipliers.multiplier / sources.coefficient, 12) as factor,
        coalesce(multipliers.factor_year, sources.first_year) as factor_year,
        observed.value * multipliers.multiplier as value
    from sums
    inner join sources on sums.indicator_code = sources.indicator_code
    inner join multipliers
        on
            sources.indicator_code = multipliers.indicator_code
            and sources.term_code = multipliers.term_code
            and sums.period = multipliers.period
    inner join observed
        on
            sums.unit_code = observed.unit_code
            and sums.period = observed.period
            and sources.term_code = observed.indicator_code
),

totals as (
    select
        sums.unit_code,
        sums.period,
        sums.value_period,
        sums.indicator_code,
        series_of_sums.series,
        'total' as scope,
        'total' as source_code,
        sums.value
    from sums
    inner join series_of_sums on sums.indicator_code = series_of_sums.indicator_code
),

gathered as (
    select * from by_source
    union all by name
    select * from totals
)

select
    unit_code,
    period,
    indicator_code,
    series,
    source_code,
    scope,
    value_period,
    activity,
    factor,
    factor_year,
    value
from gathered
order by unit_code, period, indicator_code, scope, source_code
