-- One row: equivalents of one pollutant in one total of one unit in one evaluated period.
with inventories as (
    select * from reference.inventories
    where kind = 'pollution_equivalents'
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

pollutants as (
    select
        terms.indicator_code,
        terms.term_code,
        terms.coefficient,
        max(factors.value) as equivalent_kg
    from terms
    inner join inventories on terms.indicator_code = inventories.indicator_code
    left join factors on terms.divisor_code = factors.factor_code
    group by terms.indicator_code, terms.term_code, terms.coefficient
)

-- Only totals that exist: the addends of an unknown total do not add up to it.
select
    sums.unit_code,
    sums.period,
    sums.indicator_code,
    pollutants.term_code as pollutant_code,
    sums.value_period,
    observed.value * pollutants.coefficient as emission_kg,
    pollutants.equivalent_kg,
    observed.value * multipliers.multiplier as equivalents,
    observed.value * multipliers.multiplier / nullif(sums.value, 0) as share
from sums
inner join pollutants on sums.indicator_code = pollutants.indicator_code
inner join multipliers
    on
        pollutants.indicator_code = multipliers.indicator_code
        and pollutants.term_code = multipliers.term_code
        and sums.period = multipliers.period
inner join observed
    on
        sums.unit_code = observed.unit_code
        and sums.period = observed.period
        and pollutants.term_code = observed.indicator_code
order by sums.unit_code, sums.period, sums.indicator_code, pollutants.term_code
