-- One row: one target, measured by one indicator, in one evaluated period.
with targets as (
    select * from reference.target_indicators
),

periods as (
    select * from reference.periods
),

indicators as (
    select * from reference.indicators
),

indicator_values as (
    select * from intermediate.int_indicator_values
    where state = 'observed'
),

-- The newest value that was ever known until the period, however old; its date is shown.
latest_values as (
    select
        targets.target_code,
        targets.indicator_code,
        periods.period,
        arg_max(indicator_values.value, indicator_values.sequence) as value,
        arg_max(indicator_values.value_period, indicator_values.sequence) as value_period,
        arg_max(indicator_values.window_end, indicator_values.sequence) as window_end
    from targets
    inner join indicator_values
        on
            targets.unit_code = indicator_values.unit_code
            and targets.indicator_code = indicator_values.indicator_code
    inner join periods on indicator_values.sequence <= periods.sequence
    group by targets.target_code, targets.indicator_code, periods.period
),

base_values as (
    select
        targets.target_code,
        targets.indicator_code,
        arg_max(indicator_values.value, indicator_values.sequence) as base_value
    from targets
    inner join indicator_values
        on
            targets.unit_code = indicator_values.unit_code
            and targets.indicator_code = indicator_values.indicator_code
    where indicator_values.window_end = targets.base_year * 12 + 11
    group by targets.target_code, targets.indicator_code
),

joined as (
    select
        targets.*,
        periods.period,
        periods.sequence,
        latest_values.value,
        latest_values.value_period,
        latest_values.window_end,
        indicators.formula_kind,
        -- A cumulative decline starts from nothing in its base year.
        case
            when indicators.formula_kind = 'decline' then 0.0
            else base_values.base_value
        end as base_value,
        -- Years from the base to the value, in months where the value is monthly.
        (latest_values.window_end + 1) / 12.0 - (targets.base_year + 1)
            as years_elapsed,
        targets.year - targets.base_year as years_planned
    from targets
    cross join periods
    left join indicators on targets.indicator_code = indicators.indicator_code
    left join latest_values
        on
            targets.target_code = latest_values.target_code
            and targets.indicator_code = latest_values.indicator_code
            and periods.period = latest_values.period
    left join base_values
        on
            targets.target_code = base_values.target_code
            and targets.indicator_code = base_values.indicator_code
),

required as (
    select
        *,
        case
            when kind <> 'level' or is_other_definition then null
            when base_year is null or window_end is null then target_value
            when years_elapsed <= 0 then null
            when years_elapsed >= years_planned then target_value
            when formula_kind = 'decline'
                then 100 * geometric_path(target_value / 100, years_elapsed, years_planned)
            when base_value is null then target_value
            -- Who started at the target or beyond keeps it; who did not, approaches it.
            when comparator = 'at_most' and base_value <= target_value then target_value
            when comparator = 'at_least' and base_value >= target_value then target_value
            else
                base_value
                + linear_path(target_value - base_value, years_elapsed, years_planned)
        end as required_value
    from joined
),

rated as (
    select
        *,
        case
            when required_value is null or value is null then null
            when comparator = 'at_most' then level_completion(value, required_value, false)
            when formula_kind = 'decline'
                then greatest(decline_completion(value, required_value), 0.0)
            when required_value > 0 then level_completion(value, required_value, true)
            -- Of nothing, or of less than nothing, there is no part: it is kept or it is not.
            when round(value - required_value, 6) >= 0 then 1.0
            else 0.0
        end as completion_rate,
        -- Equal to the published precision means reached, as in the assessment.
        case
            when comparator = 'at_most' then round(value - target_value, 6) <= 0
            else round(value - target_value, 6) >= 0
        end as is_at_target
    from required
)

select
    target_code,
    unit_code,
    indicator_code,
    period,
    case
        when kind = 'directional' then 'directional'
        when is_other_definition and value is not null then 'other_definition'
        when value is null then 'no_figure'
        when completion_rate is null then 'not_yet_due'
        when round(completion_rate, 6) >= 1 and is_at_target then 'met'
        when round(completion_rate, 6) >= 1 then 'on_track'
        when base_year is null and window_end < year * 12 + 11 then 'not_yet_due'
        else 'behind'
    end as state,
    value,
    value_period,
    base_value,
    required_value,
    target_value,
    completion_rate,
    warning_colour(completion_rate) as colour
from rated
order by target_code, indicator_code, sequence
