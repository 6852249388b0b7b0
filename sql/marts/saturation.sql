-- One row: how many ranked units score 0 or 100 on one scored indicator in one evaluated period.
with grid as (
    select * from intermediate.int_grid
    where is_ranked
),

scores as (
    select * from intermediate.int_indicator_scores
    where state = 'observed'
),

parameters as (
    select * from reference.parameters
),

placed as (
    select
        scores.indicator_code,
        grid.period,
        grid.sequence,
        -- Equal to the published precision means at the end of the scale.
        round(scores.score, parameters.rounding_digits) as rounded_score
    from scores
    inner join grid
        on scores.unit_code = grid.unit_code and scores.period = grid.period
    cross join parameters
),

counted as (
    select
        indicator_code,
        period,
        sequence,
        count(*) filter (where rounded_score = 0) as units_at_0,
        count(*) filter (where rounded_score = 100) as units_at_100,
        count(*) as observed_units
    from placed
    group by indicator_code, period, sequence
)

select
    indicator_code,
    period,
    units_at_0,
    units_at_100,
    observed_units,
    units_at_0 / observed_units as share_at_0,
    units_at_100 / observed_units as share_at_100
from counted
order by indicator_code, sequence
